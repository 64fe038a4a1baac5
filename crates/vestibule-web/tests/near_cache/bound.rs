//! How stale an answer can be, whatever happens to the node, its clocks and its network.

use std::time::Duration;

use vestibule::Clock;
use vestibule_web::{
    conformance::{Moment, Verb},
    near_cache::BOUND,
    store::{ChangeCursor, Changes, Load, Realm, StoreBackend, StoreError},
};

use crate::nodes::{Engine, IDLE, LOG, Node, RETENTION, follow, key, logout, realm, settle, sleep_through};

const TICK: Duration = Duration::from_millis(1);

/// An engine with session 1, which the node has at hand.
async fn start() -> (Engine, Node) {
    let engine = Engine::new();
    engine.sign_in(1).await;
    let node = engine.node().await;
    assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);
    (engine, node)
}

#[tokio::test(start_paused = true)]
async fn bm13_an_end_elsewhere_is_obeyed_when_the_log_tells() {
    let (engine, node) = start().await;
    engine.store.end(&key(1)).await.unwrap();
    // No time passes: the call that waits for news is answered.
    settle().await;
    assert_eq!(node.load(&key(1)).await, Load::Absent);
}

#[tokio::test(start_paused = true)]
async fn bm13_a_deaf_node_answers_stale_for_the_bound_and_no_longer() {
    let (engine, node) = start().await;
    let deaf = node.deafen().await;
    engine.store.end(&key(1)).await.unwrap();
    engine.clock.advance(BOUND);
    assert!(node.is_live(&key(1)).await, "it could not know");
    engine.clock.advance(TICK);
    assert_eq!(node.load(&key(1)).await, Load::Absent, "it asks the engine");
    drop(deaf);
}

#[tokio::test(start_paused = true)]
async fn bm13_a_shorter_bound_is_kept_too() {
    let engine = Engine::new();
    engine.sign_in(1).await;
    let bound = Duration::from_millis(200);
    let node = engine.node_with(|cache| cache.bound(bound)).await;
    assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);
    let _deaf = node.deafen().await;
    engine.clock.advance(bound);
    assert!(node.has(&key(1)).await);
    engine.clock.advance(TICK);
    assert!(!node.has(&key(1)).await);
    let node = engine.node_with(|cache| cache.bound(Duration::from_secs(3600))).await;
    assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);
    let _deaf = node.deafen().await;
    engine.clock.advance(BOUND + TICK);
    assert!(!node.has(&key(1)).await, "a longer one than the default is not to be had");
}

/// What is cut off from the engine says so: the bound never turns into a wrong answer, in either direction.
#[tokio::test(start_paused = true)]
async fn bm13_h07_cut_off_past_the_bound_a_node_answers_with_an_error() {
    let (engine, node) = start().await;
    let _deaf = node.deafen().await;
    node.far.outage(true);
    engine.clock.advance(BOUND);
    assert!(node.is_live(&key(1)).await);
    engine.clock.advance(TICK);
    assert!(matches!(node.store.load(&key(1)).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn bm13_a_process_that_was_paused_wakes_up_safe() {
    let (engine, node) = start().await;
    // Nothing of the node runs: not its tail, and no timer.
    engine.store.end(&key(1)).await.unwrap();
    engine.clock.advance(Duration::from_secs(600));
    assert_eq!(node.load(&key(1)).await, Load::Absent, "the first request after it");
}

#[tokio::test(start_paused = true)]
async fn bm13_a_machine_that_slept_wakes_up_safe() {
    let (engine, node) = start().await;
    engine.store.end(&key(1)).await.unwrap();
    let monotonic = engine.clock.monotonic();
    sleep_through(&engine.clock, BOUND + TICK);
    assert_eq!(engine.clock.monotonic(), monotonic);
    assert_eq!(node.load(&key(1)).await, Load::Absent);
}

/// An answer that comes late proves no more than what was true when it was asked for.
#[tokio::test(start_paused = true)]
async fn bm13_news_that_travel_long_count_from_when_they_were_asked_for() {
    let (engine, node) = start().await;
    let slow = node.near.stall_next(Verb::Changes, Moment::After);
    slow.reached().await;
    engine.clock.advance(BOUND + TICK);
    let deaf = node.near.stall_next(Verb::Changes, Moment::Before);
    engine.store.end(&key(1)).await.unwrap();
    slow.release();
    deaf.reached().await;
    assert_eq!(node.load(&key(1)).await, Load::Absent);
}

/// What failed may have been told to nobody: nothing at hand counts from then on, and nothing of it comes back.
#[tokio::test(start_paused = true)]
async fn bm13_a_failure_of_the_log_ends_trust_at_once() {
    for moment in [Moment::Before, Moment::After] {
        let (engine, node) = start().await;
        node.far.fail_next(Verb::Changes, moment);
        let deaf = node.deafen_after_failure().await;
        engine.store.end(&key(1)).await.unwrap();
        assert_eq!(node.load(&key(1)).await, Load::Absent);
        drop(deaf);
        follow().await;
        engine.sign_in(2).await;
        assert!(node.is_live(&key(2)).await && node.has(&key(2)).await, "it follows again");
        assert_eq!(node.load(&key(1)).await, Load::Absent);
    }
}

#[tokio::test(start_paused = true)]
async fn bm13_after_an_outage_nothing_from_before_is_at_hand() {
    let (_engine, node) = start().await;
    node.far.outage(true);
    follow().await;
    assert!(node.store.load(&key(1)).await.is_err());
    node.far.outage(false);
    follow().await;
    assert!(!node.has(&key(1)).await && node.has(&key(1)).await);
}

#[tokio::test(start_paused = true)]
async fn bm13_who_lagged_forgets_everything() {
    let (engine, node) = start().await;
    let deaf = node.deafen().await;
    engine.store.end(&key(1)).await.unwrap();
    for number in 0..=LOG as u64 {
        engine.store.end(&engine.sign_in(100 + number).await).await.unwrap();
    }
    drop(deaf);
    follow().await;
    assert_eq!(node.load(&key(1)).await, Load::Absent, "the log does not tell of it any more");
    engine.sign_in(2).await;
    assert!(node.is_live(&key(2)).await && node.has(&key(2)).await);
}

/// A reply has no more than so many entries: one that is full proves nothing of those after.
#[tokio::test(start_paused = true)]
async fn bm13_a_reply_that_may_be_cut_is_no_proof() {
    let engine = Engine::with_log(4 * Changes::MOST);
    engine.sign_in(1).await;
    let node = engine.node().await;
    assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);
    let deaf = node.deafen().await;
    for number in 0..2 * Changes::MOST as u64 {
        engine.store.end(&engine.sign_in(100 + number).await).await.unwrap();
    }
    engine.store.end(&key(1)).await.unwrap();
    engine.clock.advance(BOUND + TICK);
    let second = node.near.stall_next(Verb::Changes, Moment::After);
    let third = node.near.stall_next(Verb::Changes, Moment::Before);
    drop(deaf);
    second.reached().await;
    second.release();
    third.reached().await;
    assert_eq!(node.load(&key(1)).await, Load::Absent, "its end is told by the third");
}

/// Others who read the log through the same cache, to wake who waits for a session's end, find it ended.
#[tokio::test(start_paused = true)]
async fn bm13_whoever_is_told_through_the_cache_finds_it_obeyed() {
    let (engine, node) = start().await;
    let beyond = node.store.changes(ChangeCursor::BEYOND, Duration::ZERO).await.unwrap();
    let Changes::Lagged { next: from } = beyond.reply else { panic!("nothing is beyond: {beyond:?}") };
    assert!(!node.has(&key(1)).await, "whoever lagged looks at what is true now");
    follow().await;
    assert!(node.is_live(&key(1)).await && node.has(&key(1)).await);

    let _deaf = node.deafen().await;
    engine.store.end(&key(1)).await.unwrap();
    node.store.changes(from, Duration::from_secs(20)).await.unwrap();
    assert_eq!(node.load(&key(1)).await, Load::Absent);
}

/// Lifetimes that look lapsed may have been extended at another node.
#[tokio::test(start_paused = true)]
async fn bm13_a_touch_elsewhere_keeps_a_session_alive_here() {
    let (engine, node) = start().await;
    engine.clock.advance(IDLE - 2 * TICK);
    engine.store.touch(&key(1), IDLE).await.unwrap();
    engine.clock.advance(2 * TICK);
    follow().await;
    assert!(node.is_live(&key(1)).await);
    let record = node.record(&key(1)).await;
    assert!(record.idle_end > record.created.plus(IDLE));
    engine.clock.advance(IDLE);
    follow().await;
    assert!(matches!(node.load(&key(1)).await, Load::Gone(_)), "and then it lapses");
}

/// A touch made here is known here: requests do not touch again, nor load.
#[tokio::test(start_paused = true)]
async fn a_touch_made_here_leaves_the_session_at_hand() {
    let (engine, node) = start().await;
    engine.clock.advance(Duration::from_secs(300));
    follow().await;
    node.store.touch(&key(1), IDLE).await.unwrap();
    assert!(node.has(&key(1)).await);
    let (here, there) = (node.record(&key(1)).await, engine.load(&key(1)).await);
    assert_eq!(Load::Live(here), there);
}

/// The time of an answer from what is at hand is the engine's, as far as it can be known here.
#[tokio::test(start_paused = true)]
async fn the_time_goes_on_without_the_engine() {
    let (engine, node) = start().await;
    engine.clock.advance(Duration::from_millis(700));
    let at_hand = node.store.load(&key(1)).await.unwrap();
    let now = engine.now().await;
    assert!(at_hand.at <= now && at_hand.at.plus(Duration::from_millis(2)) >= now, "{at_hand:?} {now:?}");
}

#[tokio::test(start_paused = true)]
async fn bm13_the_time_is_known_without_a_call_as_long_as_the_log_is_read() {
    let (engine, node) = start().await;
    engine.clock.advance(Duration::from_millis(700));
    let recent = node.store.recent().unwrap();
    assert!(recent <= engine.now().await && recent.plus(TICK) >= engine.now().await);
    assert_eq!(node.near.calls(Verb::Now), 0);
    let _deaf = node.deafen().await;
    engine.clock.advance(BOUND + TICK);
    assert_eq!(node.store.recent(), None);
    assert_eq!(engine.store.recent(), None, "a store without a cache is asked");
}

#[tokio::test(start_paused = true)]
async fn bm13_two_realms_of_one_cache_are_apart() {
    let (engine, node) = start().await;
    let other = Realm::new("https://acme.example", "reports");
    let there = node.cache.open(&other, RETENTION);
    assert_eq!(there.load(&key(1)).await.unwrap().reply, Load::Absent);
    follow().await;
    assert_eq!(there.load(&key(1)).await.unwrap().reply, Load::Absent);
    there.revoke(logout(vec![realm().subject("alice")], None)).await.unwrap();
    assert!(node.has(&key(1)).await);
    let again = node.cache.open(&realm(), RETENTION);
    assert!(matches!(again.load(&key(1)).await.unwrap().reply, Load::Live(_)));
    assert_eq!(node.near.calls(Verb::Load), 4, "it is the same cache: {:?}", engine.memory);
}

/// A server may run each worker in a runtime of its own, and end some.
#[test]
fn bm13_the_log_is_followed_in_whichever_runtime_there_is() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let first = runtime();
    let (engine, node) = first.block_on(start());
    drop(first);
    runtime().block_on(async {
        engine.clock.advance(BOUND + TICK);
        assert!(!node.has(&key(1)).await, "nobody follows the log");
        follow().await;
        assert!(!node.has(&key(1)).await, "what was at hand before is forgotten");
        assert!(node.has(&key(1)).await);
        engine.store.end(&key(1)).await.unwrap();
        settle().await;
        assert_eq!(node.load(&key(1)).await, Load::Absent);
    });
}

/// The one who reads the log ends with the cache.
#[tokio::test(start_paused = true)]
async fn nobody_reads_the_log_of_a_cache_that_is_gone() {
    let (_engine, node) = start().await;
    let Node { near, cache, store, .. } = node;
    drop((cache, store));
    follow().await;
    let calls = near.calls(Verb::Changes);
    follow().await;
    assert_eq!(near.calls(Verb::Changes), calls);
}
