//! A load beside a change, in every order of their steps.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::task::JoinHandle;
use vestibule_web::{
    conformance::{Moment, Stalled, Verb},
    store::{CommitRefresh, HolderId, Load, SessionKey, SessionStore, Stamped, StoreError},
};

use crate::nodes::{Engine, IDLE, Node, follow, key, logout, realm, settle, token};

/// What happens to session 1.
#[derive(Clone, Copy, Debug)]
enum Change {
    End,
    EndIf,
    EndListed,
    LogInAgain,
    RevokeSid,
    RevokeOthers,
    Replace,
    Commit,
    Lease,
    Touch,
}

const TOLD: [Change; 9] = [
    Change::End,
    Change::EndIf,
    Change::EndListed,
    Change::LogInAgain,
    Change::RevokeSid,
    Change::RevokeOthers,
    Change::Replace,
    Change::Commit,
    Change::Touch,
];

const OWN: [Change; 10] = [
    Change::End,
    Change::EndIf,
    Change::EndListed,
    Change::LogInAgain,
    Change::RevokeSid,
    Change::RevokeOthers,
    Change::Replace,
    Change::Commit,
    Change::Lease,
    Change::Touch,
];

impl Change {
    const fn verb(self) -> Verb {
        match self {
            Self::End => Verb::End,
            Self::EndIf => Verb::EndIf,
            Self::EndListed => Verb::EndListed,
            Self::LogInAgain => Verb::Insert,
            Self::RevokeSid | Self::RevokeOthers => Verb::Revoke,
            Self::Replace => Verb::Replace,
            Self::Commit => Verb::CommitRefresh,
            Self::Lease => Verb::Lease,
            Self::Touch => Verb::Touch,
        }
    }

    async fn make(self, store: &dyn SessionStore, engine: &Engine) -> Result<(), StoreError> {
        let (realm, session, holder) = (realm(), key(1), HolderId::from_bytes([1; 16]));
        match self {
            Self::End => store.end(&session).await.map(drop),
            Self::EndIf => store.end_if(&session, &holder, &token(0)).await.map(drop),
            Self::EndListed => {
                let id = engine.session(1).await.public_id;
                store.end_listed(&realm.subject("alice"), &id).await.map(drop)
            }
            Self::LogInAgain => store.insert(engine.session(3).await, Some(session)).await.map(drop),
            Self::RevokeSid => store.revoke(logout(vec![realm.sid("s1")], None)).await.map(drop),
            Self::RevokeOthers => {
                let others = realm.others_of_subject("alice");
                store.revoke(logout(vec![others], Some(key(2)))).await.map(drop)
            }
            Self::Replace => store.replace(&session, 0, Bytes::from_static(b"new")).await.map(drop),
            Self::Commit => {
                let (grant, refresh) = (Bytes::from_static(b"new"), Some(token(1)));
                let commit = CommitRefresh { holder, spent: token(0), grant, refresh, listen: Vec::new() };
                store.commit_refresh(&session, commit).await.map(drop)
            }
            Self::Lease => store.lease(&session, &holder, Duration::from_secs(8)).await.map(drop),
            Self::Touch => store.touch(&session, IDLE).await.map(drop),
        }
    }
}

/// The next step of the load: it is sent, carried out, answered. Or of the change: it is carried out, it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Load,
    Change,
}

fn orders() -> impl Iterator<Item = [Turn; 5]> {
    (0_u32..32)
        .filter(|bits| bits.count_ones() == 2)
        .map(|bits| std::array::from_fn(|turn| if bits >> turn & 1 == 1 { Turn::Change } else { Turn::Load }))
}

type Loading = JoinHandle<Result<Stamped<Load>, StoreError>>;

/// A load that stops before it is carried out, and after.
struct SlowLoad {
    before: Option<Stalled>,
    after: Option<Stalled>,
    call: Option<Loading>,
}

impl SlowLoad {
    const fn new() -> Self {
        Self { before: None, after: None, call: None }
    }

    async fn turn(&mut self, node: &Node, session: SessionKey) {
        if self.call.is_none() {
            let before = self.before.insert(node.near.stall_next(Verb::Load, Moment::Before));
            self.after = Some(node.far.stall_next(Verb::Load, Moment::After));
            let store = Arc::clone(&node.store);
            self.call = Some(tokio::spawn(async move { store.load(&session).await }));
            before.reached().await;
        } else if let Some(before) = self.before.take() {
            before.release();
            if let Some(after) = &self.after {
                after.reached().await;
            }
        } else if let (Some(after), Some(call)) = (self.after.take(), self.call.take()) {
            after.release();
            call.await.unwrap().unwrap();
        }
    }
}

/// An engine with sessions 1 and 2, of which the node knows neither.
async fn start() -> (Engine, Node) {
    let engine = Engine::new();
    engine.sign_in(1).await;
    engine.sign_in(2).await;
    engine.clock.advance(Duration::from_secs(100));
    let node = engine.node().await;
    (engine, node)
}

#[tokio::test(start_paused = true)]
async fn bm13_a_change_elsewhere_is_obeyed_once_it_is_told() {
    for change in TOLD {
        for order in orders() {
            let (engine, node) = start().await;
            let mut deaf = Some(node.deafen().await);
            let (mut load, mut is_made) = (SlowLoad::new(), false);
            for turn in order {
                match turn {
                    Turn::Load => load.turn(&node, key(1)).await,
                    Turn::Change if !is_made => {
                        change.make(&*engine.store, &engine).await.unwrap();
                        is_made = true;
                    }
                    Turn::Change => {
                        drop(deaf.take());
                        follow().await;
                    }
                }
            }
            assert_truth(&engine, &node, &format!("{change:?} in {order:?}"), change).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bm13_a_change_made_here_is_obeyed_at_once() {
    for change in OWN {
        for order in orders() {
            for is_given_up in [false, true] {
                let (engine, node) = start().await;
                let engine = Arc::new(engine);
                let _deaf = node.deafen().await;
                let (mut load, mut making) = (SlowLoad::new(), None);
                for turn in order {
                    match turn {
                        Turn::Load => load.turn(&node, key(1)).await,
                        Turn::Change => match making.take() {
                            None => {
                                let carried_out = node.far.stall_next(change.verb(), Moment::After);
                                let (store, engine) = (Arc::clone(&node.store), Arc::clone(&engine));
                                let call = tokio::spawn(async move { change.make(&*store, &engine).await });
                                carried_out.reached().await;
                                making = Some((carried_out, call));
                            }
                            Some((carried_out, call)) if is_given_up => {
                                call.abort();
                                assert!(call.await.is_err());
                                drop(carried_out);
                            }
                            Some((carried_out, call)) => {
                                carried_out.release();
                                call.await.unwrap().unwrap();
                            }
                        },
                    }
                }
                let told = format!("{change:?} in {order:?}, given up: {is_given_up}");
                assert_truth(&engine, &node, &told, change).await;
            }
        }
    }
}

/// The node says what the engine says: of a touch, at least that the session is live.
async fn assert_truth(engine: &Engine, node: &Node, told: &str, change: Change) {
    settle().await;
    let (wanted, found) = (engine.load(&key(1)).await, node.load(&key(1)).await);
    match change {
        Change::Touch => assert!(matches!((&wanted, &found), (Load::Live(_), Load::Live(_))), "{told}"),
        _ => assert_eq!(found, wanted, "{told}"),
    }
    assert!(node.is_live(&key(2)).await, "{told}");
}

/// Who is told of nothing, and has not asked for long, asks.
#[tokio::test(start_paused = true)]
async fn bm13_a_reply_that_was_lost_counts_as_carried_out() {
    for change in OWN {
        for moment in [Moment::Before, Moment::After] {
            let (engine, node) = start().await;
            assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);
            let _deaf = node.deafen().await;
            node.far.fail_next(change.verb(), moment);
            assert!(change.make(&*node.store, &engine).await.is_err());
            assert_truth(&engine, &node, &format!("{change:?} failed {moment:?} it was carried out"), change)
                .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_race_what_was_loaded_is_at_hand() {
    let (_engine, node) = start().await;
    let mut load = SlowLoad::new();
    for _ in 0..3 {
        load.turn(&node, key(1)).await;
    }
    assert!(node.has(&key(1)).await);
    assert!(!node.has(&key(2)).await && node.has(&key(2)).await);
    assert!(!node.has(&key(9)).await && !node.has(&key(9)).await, "what there is not is not kept");
}
