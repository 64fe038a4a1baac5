//! The store that fails when told to, itself under test: others build on it.

use std::{pin::pin, sync::Arc, time::Duration};

use vestibule_web::{
    conformance::{Faulty, Moment, Verb},
    memory::MemoryStore,
    store::{Ended, Insert, Load, SessionStore, StoreBackend, StoreError},
};

use crate::command::{RETENTION, key, realm, session};

#[tokio::test]
async fn a_call_fails_before_or_after_it_was_carried_out() {
    for (moment, ended) in [(Moment::Before, false), (Moment::After, true)] {
        let (faulty, store) = open().await;
        faulty.fail_next(Verb::End, moment);
        assert!(matches!(store.end(&key(0)).await, Err(StoreError::Unavailable(_))));
        assert_eq!(matches!(load(&*store).await, Load::Absent), ended);
        let again = store.end(&key(0)).await.expect("one call was to fail").reply;
        assert_eq!(again == Ended::Absent, ended);
        assert_eq!(faulty.calls(Verb::End), 2);
    }
}

#[tokio::test]
async fn faults_queue_up_and_keep_to_their_verb() {
    let (faulty, store) = open().await;
    faulty.fail_next(Verb::Load, Moment::Before);
    faulty.fail_next(Verb::Load, Moment::After);
    assert!(store.now().await.is_ok());
    assert!(store.load(&key(0)).await.is_err());
    assert!(store.load(&key(0)).await.is_err());
    assert!(store.load(&key(0)).await.is_ok());
}

#[tokio::test]
async fn an_outage_fails_everything_until_it_is_over() {
    let (faulty, store) = open().await;
    faulty.outage(true);
    let other = faulty.open(&realm(), RETENTION);
    assert!(store.load(&key(0)).await.is_err());
    assert!(store.end(&key(0)).await.is_err());
    assert!(other.now().await.is_err());
    assert!(store.changes(vestibule_web::store::ChangeCursor::START, Duration::ZERO).await.is_err());
    faulty.outage(false);
    assert!(matches!(load(&*store).await, Load::Live(_)), "nothing was carried out");
}

#[tokio::test]
async fn a_stalled_call_waits_to_be_released() {
    for (moment, ended_meanwhile) in [(Moment::Before, false), (Moment::After, true)] {
        let (faulty, store) = open().await;
        let stalled = faulty.stall_next(Verb::End, moment);
        let caller = Arc::clone(&store);
        let call = tokio::spawn(async move { caller.end(&key(0)).await });
        stalled.reached().await;
        assert!(!call.is_finished());
        assert_eq!(matches!(load(&*store).await, Load::Absent), ended_meanwhile);
        stalled.release();
        assert_eq!(call.await.expect("no panic").expect("it goes on").reply, Ended::Ended);
    }
}

/// A caller that dies while its call is stalled: the call was carried out or it was not.
#[tokio::test]
async fn a_stalled_call_can_be_dropped() {
    for (moment, ended) in [(Moment::Before, false), (Moment::After, true)] {
        let (faulty, store) = open().await;
        let stalled = faulty.stall_next(Verb::End, moment);
        {
            let session = key(0);
            let mut call = pin!(store.end(&session));
            tokio::select! {
                biased;
                _ = &mut call => panic!("it waits"),
                () = stalled.reached() => {}
            }
        }
        assert_eq!(matches!(load(&*store).await, Load::Absent), ended);
    }
}

async fn open() -> (Faulty, Arc<dyn SessionStore>) {
    let faulty = Faulty::new(Arc::new(MemoryStore::new()));
    let store = faulty.open(&realm(), RETENTION);
    let began = store.now().await.expect("nothing fails yet");
    let stored = store.insert(session(0, "alice", None, began), None).await.expect("nothing fails yet");
    assert!(matches!(stored.reply, Insert::Stored(_)));
    (faulty, store)
}

async fn load(store: &dyn SessionStore) -> Load {
    store.load(&key(0)).await.expect("this call is not to fail").reply
}
