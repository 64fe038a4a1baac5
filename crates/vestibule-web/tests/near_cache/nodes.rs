//! An engine that several nodes share, each with a near cache and a network of its own. The nodes' log readers wait in
//! the runtime's time, which is paused: it passes when there is nothing else to do.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use vestibule::{Clock, testing::TestClock};
use vestibule_web::{
    MemoryStore, NearCache,
    conformance::{Faulty, Moment, Stalled, Verb},
    near_cache::{BOUND, NearCacheBuilder},
    store::{
        Insert, Load, NewSession, PublicId, Realm, RefreshHash, Retention, Revocation, Scope, SessionKey,
        SessionRecord, SessionStore, StoreBackend, StoreTime,
    },
};

pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(12 * 3600);
pub(crate) const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(13 * 3600), logout_ids: Duration::from_secs(1800) };
/// How many changes the engine's log keeps.
pub(crate) const LOG: usize = 32;

/// The engine, and the clock of all machines.
pub(crate) struct Engine {
    pub(crate) clock: TestClock,
    pub(crate) memory: MemoryStore,
    /// Without a cache: what is true.
    pub(crate) store: Arc<dyn SessionStore>,
}

/// One node.
pub(crate) struct Node {
    /// Between the cache and the engine, at the cache's end and at the engine's.
    pub(crate) near: Faulty,
    pub(crate) far: Faulty,
    pub(crate) cache: NearCache,
    pub(crate) store: Arc<dyn SessionStore>,
}

impl Engine {
    pub(crate) fn new() -> Self {
        Self::with_log(LOG)
    }

    pub(crate) fn with_log(length: usize) -> Self {
        let clock = TestClock::default();
        let memory = MemoryStore::builder().clock(Arc::new(clock.clone())).log_length(length).build();
        let store = memory.open(&realm(), RETENTION);
        Self { clock, memory, store }
    }

    pub(crate) async fn node(&self) -> Node {
        self.node_with(|cache| cache).await
    }

    /// A node that follows the log already.
    pub(crate) async fn node_with(
        &self,
        settings: impl FnOnce(NearCacheBuilder) -> NearCacheBuilder,
    ) -> Node {
        let far = Faulty::new(Arc::new(self.memory.clone()));
        let near = Faulty::new(Arc::new(far.clone()));
        let cache = settings(NearCache::builder(near.clone()).clock(Arc::new(self.clock.clone()))).build();
        let store = cache.open(&realm(), RETENTION);
        let node = Node { near, far, cache, store };
        node.load(&key(u64::MAX)).await;
        follow().await;
        node
    }

    pub(crate) async fn now(&self) -> StoreTime {
        self.store.now().await.unwrap()
    }

    /// A session that began now, and a millisecond that passes.
    pub(crate) async fn sign_in(&self, number: u64) -> SessionKey {
        let stored = self.store.insert(self.session(number).await, None).await.unwrap().reply;
        assert!(matches!(stored, Insert::Stored(_)), "{stored:?}");
        self.clock.advance(Duration::from_millis(1));
        key(number)
    }

    pub(crate) async fn session(&self, number: u64) -> NewSession {
        let (realm, key) = (realm(), key(number));
        NewSession {
            key,
            public_id: PublicId::from_bytes(u128::from(number).to_be_bytes()),
            subject: realm.subject("alice"),
            scopes: vec![
                realm.everything(),
                realm.subject("alice"),
                realm.others_of_subject("alice"),
                realm.session(&key),
                realm.sid(&format!("s{number}")),
            ],
            began: self.now().await,
            idle: IDLE,
            absolute: ABSOLUTE,
            label: Bytes::new(),
            grant: Bytes::from_static(b"grant"),
            refresh: Some(token(0)),
            data: Bytes::from_static(b"data"),
        }
    }

    pub(crate) async fn load(&self, key: &SessionKey) -> Load {
        self.store.load(key).await.unwrap().reply
    }

    pub(crate) async fn revoke(&self, scope: Scope, spare: Option<SessionKey>) {
        self.store.revoke(logout(vec![scope], spare)).await.unwrap();
    }
}

impl Node {
    pub(crate) async fn load(&self, key: &SessionKey) -> Load {
        self.store.load(key).await.unwrap().reply
    }

    pub(crate) async fn is_live(&self, key: &SessionKey) -> bool {
        matches!(self.load(key).await, Load::Live(_))
    }

    pub(crate) async fn record(&self, key: &SessionKey) -> Arc<SessionRecord> {
        match self.load(key).await {
            Load::Live(record) => record,
            other => panic!("the session is live: {other:?}"),
        }
    }

    /// Whether the session is at hand: a load does not reach the network.
    pub(crate) async fn has(&self, key: &SessionKey) -> bool {
        let before = self.near.calls(Verb::Load);
        self.load(key).await;
        self.near.calls(Verb::Load) == before
    }

    /// Lets the node hear nothing more, until what this answers is dropped.
    pub(crate) async fn deafen(&self) -> Stalled {
        let deaf = self.near.stall_next(Verb::Changes, Moment::Before);
        deaf.reached().await;
        deaf
    }

    /// As [`deafen`](Self::deafen), after a failure that the log reader is about to find.
    pub(crate) async fn deafen_after_failure(&self) -> Stalled {
        let passes = self.near.stall_next(Verb::Changes, Moment::After);
        let deaf = self.near.stall_next(Verb::Changes, Moment::Before);
        drop(passes);
        deaf.reached().await;
        deaf
    }
}

/// Lets every node that is not deaf read the log to its end, and know it.
pub(crate) async fn follow() {
    tokio::time::sleep(2 * BOUND).await;
}

/// Lets other tasks go as far as they can without time passing.
pub(crate) async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn realm() -> Realm {
    Realm::new("https://acme.example", "dashboard")
}

pub(crate) fn key(number: u64) -> SessionKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    SessionKey::from_bytes(bytes)
}

pub(crate) fn token(rotations: u8) -> RefreshHash {
    RefreshHash::from_bytes([rotations; 32])
}

/// A logout that is heard now.
pub(crate) fn logout(scopes: Vec<Scope>, spare: Option<SessionKey>) -> Revocation {
    Revocation { scopes, heard: None, logout: None, spare }
}

/// The wall clock alone moves ahead, as after a machine slept.
pub(crate) fn sleep_through(clock: &TestClock, span: Duration) {
    clock.set_wall(clock.unix_time() + span);
}
