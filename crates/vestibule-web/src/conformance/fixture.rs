use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::store::{
    Change, ChangeCursor, Changes, CommitRefresh, HolderId, Insert, Load, LogoutId, NewSession, PublicId,
    Realm, RefreshHash, Retention, Revocation, Revoke, Scope, SessionKey, SessionRecord, SessionStore,
    Stamped, StoreBackend, StoreError, StoreTime,
};

use super::Subject;

/// A fresh engine with one realm open, and shorthands.
pub(super) struct Fixture<'a> {
    subject: &'a dyn Subject,
    pub(super) backend: Arc<dyn StoreBackend>,
    /// The same engine from another process.
    elsewhere: Arc<dyn StoreBackend>,
    pub(super) realm: Realm,
    pub(super) store: Arc<dyn SessionStore>,
    minted: AtomicU64,
}

impl<'a> Fixture<'a> {
    pub(super) async fn new(subject: &'a dyn Subject) -> Self {
        let backend = subject.fresh().await;
        let elsewhere = subject.another_node().await.unwrap_or_else(|| Arc::clone(&backend));
        let realm = Realm::new("https://acme.example", "dashboard");
        let store = backend.open(&realm, retention(subject.unit()));
        Self { subject, backend, elsewhere, realm, store, minted: AtomicU64::new(0) }
    }

    /// The same sessions as another node sees them.
    pub(super) fn other_node(&self) -> Arc<dyn SessionStore> {
        self.elsewhere.open(&self.realm, self.retention())
    }

    pub(super) fn open(&self, realm: &Realm) -> Arc<dyn SessionStore> {
        self.backend.open(realm, self.retention())
    }

    pub(super) fn retention(&self) -> Retention {
        retention(self.subject.unit())
    }

    pub(super) fn units(&self, count: u32) -> Duration {
        self.subject.unit() * count
    }

    pub(super) fn log_bound(&self) -> usize {
        self.subject.log_bound()
    }

    pub(super) async fn pass(&self, units: u32) {
        self.subject.advance(self.units(units)).await;
    }

    /// Lets as little time pass as makes a difference.
    pub(super) async fn pass_a_moment(&self) {
        self.subject.advance(Duration::from_millis(1)).await;
    }

    /// Lets time pass until `moment` is reached; does nothing when it was.
    pub(super) async fn pass_to(&self, moment: StoreTime) {
        let span = moment.since(self.now().await);
        self.subject.advance(span).await;
    }

    pub(super) async fn now(&self) -> StoreTime {
        self.store.now().await.expect("the store tells its time")
    }

    /// A session that began now, listening to everything that a login listens to.
    pub(super) async fn new_session(&self, sub: &str, sid: Option<&str>) -> NewSession {
        self.new_session_in(&self.realm, sub, sid).await
    }

    pub(super) async fn new_session_in(&self, realm: &Realm, sub: &str, sid: Option<&str>) -> NewSession {
        let seed = self.minted.fetch_add(1, Ordering::Relaxed);
        let key = SessionKey::from_bytes(digest("key", seed));
        let mut scopes =
            vec![realm.everything(), realm.subject(sub), realm.others_of_subject(sub), realm.session(&key)];
        match sid {
            Some(sid) => scopes.extend([realm.sid(sid), realm.sid_of_subject(sid, sub)]),
            None => scopes.push(realm.subject_without_sid(sub)),
        }
        NewSession {
            key,
            public_id: PublicId::from_bytes((u128::from(seed) + 1).to_be_bytes()),
            subject: realm.subject(sub),
            scopes,
            began: self.now().await,
            idle: self.units(45),
            absolute: self.units(60),
            label: Bytes::from_static(b"Firefox on Linux"),
            grant: Bytes::from_static(b"grant"),
            refresh: Some(token(0)),
            data: Bytes::from_static(b"data"),
        }
    }

    /// A login that began now and is stored at once.
    pub(super) async fn sign_in(&self, sub: &str, sid: Option<&str>) -> SessionKey {
        self.stored(self.new_session(sub, sid).await).await.key
    }

    pub(super) async fn stored(&self, session: NewSession) -> Arc<SessionRecord> {
        match reply(self.store.insert(session, None).await) {
            Insert::Stored(record) => record,
            other => panic!("a login that nothing covers is stored: {other:?}"),
        }
    }

    pub(super) async fn record(&self, key: &SessionKey) -> Arc<SessionRecord> {
        match reply(self.store.load(key).await) {
            Load::Live(record) => record,
            other => panic!("the session is live: {other:?}"),
        }
    }

    pub(super) async fn is_live(&self, key: &SessionKey) -> bool {
        matches!(reply(self.store.load(key).await), Load::Live(_))
    }

    /// A logout heard now that is not behind a logout token.
    pub(super) async fn revoke(&self, scopes: &[Scope]) -> StoreTime {
        self.revoke_with(Revocation { scopes: scopes.to_vec(), heard: None, logout: None, spare: None }).await
    }

    pub(super) async fn revoke_with(&self, revocation: Revocation) -> StoreTime {
        match reply(self.store.revoke(revocation).await) {
            Revoke::Revoked { cutoff } => cutoff,
            Revoke::Replayed => panic!("a logout token that was not spent is accepted"),
        }
    }

    /// The end of the log.
    pub(super) async fn log_end(&self) -> ChangeCursor {
        let mut from = ChangeCursor::START;
        loop {
            match reply(self.store.changes(from, Duration::ZERO).await) {
                Changes::Entries { entries, next } if entries.is_empty() => return next,
                Changes::Entries { next, .. } | Changes::Lagged { next } => from = next,
            }
        }
    }

    /// Everything after `from`.
    pub(super) async fn log_after(&self, mut from: ChangeCursor) -> Vec<Change> {
        let mut found = Vec::new();
        loop {
            match reply(self.store.changes(from, Duration::ZERO).await) {
                Changes::Entries { entries, .. } if entries.is_empty() => return found,
                Changes::Entries { entries, next } => {
                    found.extend(entries);
                    from = next;
                }
                Changes::Lagged { .. } => panic!("the log reaches back that far"),
            }
        }
    }
}

/// Remembers for longer than any session of the suite lives.
fn retention(unit: Duration) -> Retention {
    Retention { cutoffs: unit * 90, logout_ids: unit * 20 }
}

pub(super) fn reply<T>(answer: Result<Stamped<T>, StoreError>) -> T {
    answer.expect("the store answers").reply
}

pub(super) fn key(number: u64) -> SessionKey {
    SessionKey::from_bytes(digest("stray key", number))
}

/// The hash of the refresh token after that many rotations.
pub(super) fn token(rotations: u64) -> RefreshHash {
    RefreshHash::from_bytes(digest("refresh token", rotations))
}

pub(super) fn holder(number: u128) -> HolderId {
    HolderId::from_bytes(number.to_be_bytes())
}

pub(super) fn logout_id(realm: &Realm, jti: &str) -> LogoutId {
    realm.logout_id(jti)
}

/// The outcome of a refresh by which token `from` became token `from + 1`.
pub(super) fn rotation(holder: HolderId, from: u64) -> CommitRefresh {
    CommitRefresh {
        holder,
        spent: token(from),
        grant: Bytes::from(format!("grant {}", from + 1)),
        refresh: Some(token(from + 1)),
        listen: Vec::new(),
    }
}

fn digest(kind: impl fmt::Display, number: u64) -> [u8; 32] {
    Sha256::digest(format!("{kind} {number}")).into()
}
