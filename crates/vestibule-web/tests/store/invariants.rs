//! The store's part of what must hold about sessions and logouts, by the numbers of the session model. Number 5 is in
//! `interleavings`, 6 in `refresh_race`, 11 beside the memory store itself.

use std::{pin::pin, sync::Arc, time::Duration};

use vestibule::testing::TestClock;
use vestibule_web::{
    conformance::{Faulty, Moment, Stalled, Verb},
    memory::MemoryStore,
    store::{
        Change, ChangeCursor, Changes, GoneReason, Insert, Load, Revocation, Revoke, SessionStore,
        StoreBackend, StoreError, StoreTime,
    },
};

use crate::command::{RETENTION, jti, key, logout, realm, session};

const TEN_MINUTES: Duration = Duration::from_secs(600);

#[tokio::test]
async fn invariant_01_after_the_logout_no_node_accepts_what_began_before() {
    for wall_steps in [0, -600, 600] {
        let Bench { clock, store, faulty, .. } = Bench::new();
        let other_node = faulty.open(&realm(), RETENTION);
        let under_way = session(2, "alice", Some("s1"), now(&*store).await);
        log_in(&*store, 1).await;
        clock.advance(Duration::from_secs(1));
        let cutoff = match revoke(&*store, logout_token(1)).await {
            Ok(Revoke::Revoked { cutoff }) => cutoff,
            other => panic!("memory answers: {other:?}"),
        };
        step_wall(&clock, wall_steps);

        for node in [&store, &other_node] {
            assert_eq!(load(&**node, 1).await, Load::Gone(GoneReason::Revoked));
            let mut at_that_moment = session(3, "alice", Some("s1"), cutoff);
            at_that_moment.began = cutoff;
            for login in [under_way.clone(), at_that_moment] {
                assert_eq!(node.insert(login, None).await.expect("memory answers").reply, Insert::Refused);
            }
        }
    }
}

#[tokio::test]
async fn invariant_02_a_login_that_began_later_always_gets_in() {
    for wall_steps in [-90, 0, 90] {
        let Bench { clock, store, .. } = Bench::new();
        log_in(&*store, 1).await;
        revoke(&*store, logout_token(1)).await.expect("memory answers");
        step_wall(&clock, wall_steps);
        clock.advance(Duration::from_millis(1));
        log_in(&*store, 2).await;
        assert!(matches!(load(&*store, 2).await, Load::Live(_)), "same sid, same second");
        assert!(!matches!(load(&*store, 1).await, Load::Live(_)));
    }
}

/// The node dies before the store heard of the logout, or after: either a retry succeeds, or it was done.
#[tokio::test]
async fn invariant_03_killed_between_any_two_steps_a_logout_is_done_or_can_be_repeated() {
    for moment in [Moment::Before, Moment::After] {
        for dies in [false, true] {
            let Bench { clock, store, faulty } = Bench::new();
            log_in(&*store, 1).await;
            let heard = Some(now(&*store).await);
            let first = Revocation { heard, ..logout_token(1) };
            if dies {
                let stalled = faulty.stall_next(Verb::Revoke, moment);
                killed_while_stalled(&*store, first.clone(), stalled).await;
            } else {
                faulty.fail_next(Verb::Revoke, moment);
                assert!(revoke(&*store, first.clone()).await.is_err());
            }
            let done = !matches!(load(&*store, 1).await, Load::Live(_));
            assert_eq!(done, moment == Moment::After, "all of it or nothing");

            clock.advance(Duration::from_secs(1));
            log_in(&*store, 2).await;
            let retried = revoke(&*store, first).await.expect("the store is back");
            assert_eq!(retried == Revoke::Replayed, done);
            assert!(!matches!(load(&*store, 1).await, Load::Live(_)), "dead by now in any case");
            assert!(matches!(load(&*store, 2).await, Load::Live(_)), "the retry strikes nobody else");
        }
    }
}

#[tokio::test]
async fn invariant_07_sid_and_sub_end_a_session_without_sid_and_spare_siblings() {
    let Bench { store, .. } = Bench::new();
    let began = now(&*store).await;
    for (number, sid) in [(1, Some("s1")), (2, Some("s2")), (3, None)] {
        store.insert(session(number, "alice", sid, began), None).await.expect("memory answers");
    }
    let scopes = vec![realm().sid_of_subject("s1", "alice"), realm().subject_without_sid("alice")];
    revoke(&*store, logout(scopes)).await.expect("memory answers");
    assert_eq!(load(&*store, 1).await, Load::Gone(GoneReason::Revoked));
    assert!(matches!(load(&*store, 2).await, Load::Live(_)), "another sid");
    assert_eq!(load(&*store, 3).await, Load::Gone(GoneReason::Revoked));
}

#[tokio::test]
async fn invariant_09_a_clock_that_steps_back_ten_minutes_lengthens_no_life_and_breaks_no_order() {
    let Bench { clock, store, .. } = Bench::new();
    log_in(&*store, 1).await;
    log_in(&*store, 2).await;
    let before = now(&*store).await;
    step_wall(&clock, -600);
    assert_eq!(now(&*store).await, before);

    revoke(&*store, logout(vec![realm().session(&key(1))])).await.expect("memory answers");
    assert_eq!(load(&*store, 1).await, Load::Gone(GoneReason::Revoked), "a logout after the step strikes");
    clock.advance(Duration::from_secs(1));
    log_in(&*store, 3).await;
    assert!(matches!(load(&*store, 3).await, Load::Live(_)), "a login after it lives");
    let replayed = logout_token(9);
    revoke(&*store, replayed.clone()).await.expect("memory answers");
    assert_eq!(revoke(&*store, replayed).await.expect("memory answers"), Revoke::Replayed);

    clock.advance(Duration::from_secs(19));
    assert!(!matches!(load(&*store, 2).await, Load::Live(_)), "twenty seconds are twenty seconds");
    clock.advance(TEN_MINUTES);
    assert!(now(&*store).await.since(before) >= TEN_MINUTES);
}

#[tokio::test]
async fn invariant_10_a_logout_token_is_spent_by_success_alone() {
    let Bench { clock, store, faulty } = Bench::new();
    log_in(&*store, 1).await;
    faulty.outage(true);
    for _ in 0..3 {
        assert!(matches!(revoke(&*store, logout_token(1)).await, Err(StoreError::Unavailable(_))));
    }
    faulty.outage(false);
    assert!(matches!(load(&*store, 1).await, Load::Live(_)), "nothing was done");
    assert!(matches!(revoke(&*store, logout_token(1)).await, Ok(Revoke::Revoked { .. })));

    clock.advance(Duration::from_secs(1));
    log_in(&*store, 2).await;
    assert_eq!(revoke(&*store, logout_token(1)).await.expect("memory answers"), Revoke::Replayed);
    assert!(matches!(load(&*store, 2).await, Load::Live(_)));
}

#[tokio::test]
async fn invariant_12_ending_all_others_keeps_this_one() {
    let Bench { clock, store, .. } = Bench::new();
    let under_way = session(9, "alice", Some("s1"), now(&*store).await);
    for number in 1..=3 {
        log_in(&*store, number).await;
    }
    let scopes = vec![realm().others_of_subject("alice")];
    let all_others = Revocation { spare: Some(key(2)), ..logout(scopes) };
    for _ in 0..2 {
        revoke(&*store, all_others.clone()).await.expect("memory answers");
        assert!(matches!(load(&*store, 2).await, Load::Live(_)));
        for number in [1, 3] {
            assert_eq!(load(&*store, number).await, Load::Gone(GoneReason::Revoked));
        }
    }
    assert_eq!(store.insert(under_way, None).await.expect("memory answers").reply, Insert::Refused);
    clock.advance(Duration::from_secs(1));
    revoke(&*store, logout_token(1)).await.expect("memory answers");
    assert_eq!(load(&*store, 2).await, Load::Gone(GoneReason::Revoked), "a later logout ends it too");
}

/// What open connections wait for: news arrives although nobody asks again, and waiting alone wakes nobody.
#[tokio::test(start_paused = true)]
async fn invariant_13_whoever_waits_hears_of_an_end_at_once() {
    let Bench { store, .. } = Bench::new();
    log_in(&*store, 1).await;
    let started = tokio::time::Instant::now();
    let nothing = changes(&*store, ChangeCursor::START, TEN_MINUTES).await;
    assert_eq!(nothing, Changes::Entries { entries: Vec::new(), next: ChangeCursor::START });
    assert_eq!(started.elapsed(), TEN_MINUTES, "patience was used up");

    for revocation in [logout_token(1), logout(vec![realm().subject("alice")])] {
        let from = end_of_log(&*store).await;
        let [one, two] = [waiting(&store, from), waiting(&store, from)];
        tokio::task::yield_now().await;
        let started = tokio::time::Instant::now();
        revoke(&*store, revocation.clone()).await.expect("memory answers");
        for waiter in [one, two] {
            let Changes::Entries { entries, .. } = waiter.await.expect("it was told") else {
                panic!("the log reaches back that far");
            };
            let [Change::Revoked { scopes, .. }] = &entries[..] else { panic!("one logout: {entries:?}") };
            assert_eq!(*scopes, revocation.scopes);
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
        tokio::time::advance(TEN_MINUTES).await;
    }
}

struct Bench {
    clock: TestClock,
    faulty: Faulty,
    store: Arc<dyn SessionStore>,
}

impl Bench {
    fn new() -> Self {
        let clock = TestClock::at(1_000_000);
        let faulty = Faulty::new(Arc::new(MemoryStore::builder().clock(Arc::new(clock.clone())).build()));
        let store = faulty.open(&realm(), RETENTION);
        Self { clock, faulty, store }
    }
}

fn step_wall(clock: &TestClock, seconds: i64) {
    use vestibule::Clock;
    let wall = clock.unix_time().as_secs().saturating_add_signed(seconds);
    clock.set_wall(Duration::from_secs(wall));
}

/// A logout token for `sid` s1.
fn logout_token(id: u8) -> Revocation {
    Revocation { logout: Some(jti(id)), ..logout(vec![realm().sid("s1")]) }
}

async fn killed_while_stalled(store: &dyn SessionStore, revocation: Revocation, stalled: Stalled) {
    let mut call = pin!(store.revoke(revocation));
    tokio::select! {
        biased;
        _ = &mut call => panic!("it waits"),
        () = stalled.reached() => {}
    }
}

fn waiting(store: &Arc<dyn SessionStore>, from: ChangeCursor) -> tokio::task::JoinHandle<Changes> {
    let store = Arc::clone(store);
    tokio::spawn(async move { changes(&*store, from, TEN_MINUTES).await })
}

async fn end_of_log(store: &dyn SessionStore) -> ChangeCursor {
    match changes(store, ChangeCursor::START, Duration::ZERO).await {
        Changes::Entries { next, .. } | Changes::Lagged { next } => next,
    }
}

async fn changes(store: &dyn SessionStore, from: ChangeCursor, patience: Duration) -> Changes {
    store.changes(from, patience).await.expect("memory answers").reply
}

/// A login of alice with `sid` s1 that begins now.
async fn log_in(store: &dyn SessionStore, number: u32) {
    let login = session(number, "alice", Some("s1"), now(store).await);
    let stored = store.insert(login, None).await.expect("memory answers").reply;
    assert!(matches!(stored, Insert::Stored(_)), "{stored:?}");
}

async fn load(store: &dyn SessionStore, number: u32) -> Load {
    store.load(&key(number)).await.expect("memory answers").reply
}

async fn revoke(store: &dyn SessionStore, revocation: Revocation) -> Result<Revoke, StoreError> {
    Ok(store.revoke(revocation).await?.reply)
}

async fn now(store: &dyn SessionStore) -> StoreTime {
    store.now().await.expect("memory answers")
}
