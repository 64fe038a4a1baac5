use std::{mem::forget, time::Duration};

use scenarios::{Bare, Mount, World, meter, on_every_mount, trace};
use vestibule_web::{
    conformance::{Moment, Verb},
    store::StoreError,
};

on_every_mount! {
    a_store_that_answers_at_once_is_not_timed
    a_store_that_does_not_answer_is_timed_and_counted
    a_visit_is_told_at_trace_and_counted_nowhere
    bm12_a_store_that_may_evict_is_told_at_the_start
}

/// A store that is down at that moment is asked again.
async fn bm12_a_store_that_may_evict_is_told_at_the_start(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.store().fail_next(Verb::Check, Moment::Before);
    world.store().fail_next_with(Verb::Check, Moment::Before, || StoreError::MayEvict);
    let alice = world.login("alice").await;
    let told = || trace::lines_with(&["ERROR", "event=\"store.unfit\" code=\"config.store_evicts\""]).len();
    for expected in [0, 1, 1] {
        world.settle().await;
        assert_eq!(told(), expected);
        tokio::time::sleep(Duration::from_secs(31)).await;
    }
    assert_eq!(world.store().calls(Verb::Check), 2);
    assert_eq!(alice.page(&world, "/me").await.status, 200, "it serves");
    world
}

async fn a_store_that_answers_at_once_is_not_timed(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&world, "/me").await.status, 200);
    assert_eq!(meter::lines("vestibule_store"), [""; 0]);
    world
}

async fn a_store_that_does_not_answer_is_timed_and_counted(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.let_time_run();
    forget(world.store().stall_next(Verb::Load, Moment::Before));
    assert_eq!(alice.page(&world, "/me").await.code(), "store.timeout");
    assert_eq!(
        meter::lines("vestibule_store"),
        [
            "vestibule_store_errors_total{verb=load,code=store.timeout} 1",
            "vestibule_store_wait_seconds{verb=load} 1",
        ]
    );
    let waited = meter::observed("vestibule_store_wait_seconds{verb=load}")[0];
    assert!((waited - 2.0).abs() <= 0.1, "{waited}");
    world
}

async fn a_visit_is_told_at_trace_and_counted_nowhere(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let (metrics, told) = (meter::lines(""), trace::lines_with(&["session.loaded"]).len());
    assert_eq!(alice.page(&world, "/me").await.status, 200);
    assert_eq!(meter::lines(""), metrics);
    let since = trace::lines_with(&["session.loaded"]).split_off(told);
    assert!(matches!(&since[..], [line] if line.starts_with("TRACE") && line.contains("signed_in=true")));
    world
}

/// A store elsewhere takes part in every verb.
#[tokio::test(start_paused = true)]
async fn every_verb_of_a_remote_store_is_timed() {
    let world = World::new(&Bare).await;
    world.store().remote();
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&world, "/me").await.status, 200);
    let timed = meter::lines("vestibule_store_wait_seconds");
    for verb in ["now", "insert", "load", "reap"] {
        let series = format!("vestibule_store_wait_seconds{{verb={verb}}} ");
        assert!(timed.iter().any(|line| line.starts_with(&series)), "{verb}: {timed:?}");
    }
}
