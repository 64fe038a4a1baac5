//! What is in the file outlives the process, and is there for every process of the machine.

use std::time::Duration;

use vestibule::{Clock, testing::TestClock};
use vestibule_web::{
    conformance::model::key,
    store::{Change, ChangeCursor, Changes, Insert},
};

use crate::stage::{Stage, is_live, log_in, logout};

#[tokio::test]
async fn sessions_and_logouts_outlive_the_process() {
    let stage = Stage::new();
    let store = stage.open();
    log_in(&*store, 0).await.expect("there is room");
    store.revoke(logout()).await.expect("the store answers");
    stage.clock.advance(Duration::from_secs(1));
    log_in(&*store, 1).await.expect("there is room");
    drop(store);

    let store = stage.open();
    assert_eq!((is_live(&*store, 0).await, is_live(&*store, 1).await), (false, true));
}

#[tokio::test]
async fn h11_a_wall_clock_set_back_between_two_runs_lengthens_no_life() {
    let stage = Stage::new();
    let store = stage.open();
    log_in(&*store, 0).await.expect("there is room");
    let seen = store.now().await.expect("the store answers");
    drop(store);

    let behind = TestClock::at(stage.clock.unix_time().as_secs() - 600);
    let later = stage.with_clock(behind);
    let store = later.open();
    assert!(store.now().await.expect("the store answers") >= seen);
    store.revoke(logout()).await.expect("the store answers");
    assert!(!is_live(&*store, 0).await, "the logout is not before the login");
}

#[tokio::test]
async fn two_processes_share_a_file() {
    let stage = Stage::new();
    let [here, there] = [stage.open(), stage.open()];
    log_in(&*here, 0).await.expect("there is room");
    assert!(is_live(&*there, 0).await);
    let from =
        match there.changes(ChangeCursor::START, Duration::ZERO).await.expect("the store answers").reply {
            Changes::Lagged { next } | Changes::Entries { next, .. } => next,
        };
    let waiting = {
        let there = there.clone();
        tokio::spawn(async move { there.changes(from, Duration::from_secs(30)).await })
    };
    here.end(&key(0)).await.expect("the store answers");
    let told = waiting.await.expect("the wait ended").expect("the store answers").reply;
    let Changes::Entries { entries, .. } = told else { panic!("the log reaches back that far") };
    assert_eq!(entries, [Change::Ended(key(0))]);
    assert!(!is_live(&*there, 0).await);
}

/// Tables are made once, whoever comes first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_the_tables_once() {
    let stage = Stage::new();
    let mut starting = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = stage.open();
        starting.spawn(async move { log_in(&*store, number).await });
    }
    while let Some(login) = starting.join_next().await {
        assert!(matches!(login.expect("it finished"), Ok(Insert::Stored(_))));
    }
}
