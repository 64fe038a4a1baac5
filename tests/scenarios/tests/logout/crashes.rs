//! Clients that hang up and processes that die, at every await point (checklist BM14).

use scenarios::{Bare, Browser, Call, Request, World, crash::drop_at};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, hear, is_in, sid, token, token_for};

async fn remote_world() -> World {
    let world = World::new(&Bare).await;
    world.store().remote();
    world
}

/// The provider gives up on its connection at any point: the logout was not begun, or it is finished.
#[tokio::test(start_paused = true)]
async fn bm14_a_provider_that_hangs_up_anywhere_leaves_nothing_half_done() {
    let (mut nothing_done, mut finished) = (0, 0);
    for points in 0.. {
        let world = remote_world().await;
        let (alice, bob) = (world.login("alice").await, world.login("bob").await);
        let token = token_for(&world, "alice");
        let revokes = world.store().calls(Verb::Revoke);
        let answer = drop_at(points, hear(&world, &token)).await;
        world.settle().await;
        let begun = world.store().calls(Verb::Revoke) > revokes;
        assert_eq!(is_in(&alice, &world).await, !begun, "dropped at {points}");
        *(if begun { &mut finished } else { &mut nothing_done }) += 1;

        alice.log_in(&world).await;
        let retried = hear(&world, &token).await;
        assert_eq!(retried.status == 200, !begun, "{retried:?}");
        assert!(is_in(&bob, &world).await);
        if let Some(answer) = answer {
            assert_done(&answer);
            assert_eq!((retried.status, is_in(&alice, &world).await), (400, true));
            break;
        }
    }
    assert!(nothing_done >= 1 && finished >= 4, "{nothing_done} {finished}");
}

/// A cold node has to fetch the keys first, and the provider does not wait for that.
#[tokio::test(start_paused = true)]
async fn bm14_a_provider_that_hangs_up_while_its_keys_are_fetched_is_heard() {
    let world = remote_world().await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    let held = world.provider().hold(Call::Keys);
    tokio::select! {
        biased;
        _ = hear(&second, &token) => panic!("it waits for the keys"),
        () = held.reached() => {}
    }
    held.release();
    world.settle().await;
    assert!(!is_in(&alice, &world).await);
}

/// A user who clicks "log out" and closes the window is logged out as soon as the request was understood.
#[tokio::test(start_paused = true)]
async fn bm14_a_user_who_leaves_while_logging_out_is_logged_out() {
    let mut finished = 0;
    for points in 0.. {
        let world = remote_world().await;
        let alice = world.login("alice").await;
        let csrf = alice.csrf(&world).await;
        let loads = world.store().calls(Verb::Load);
        let logout = alice.send(&world, Request::form("/auth/logout", [("csrf", csrf.as_str())]));
        let answer = drop_at(points, logout).await;
        world.settle().await;
        let begun = world.store().calls(Verb::Load) > loads;
        assert_eq!(world.state().await.sessions.is_empty(), begun, "dropped at {points}");
        finished += usize::from(begun);
        if answer.is_some() {
            break;
        }
        // The cookie is still there; whatever it opens, the form works again.
        if !begun {
            assert_eq!(alice.submit_logout(&world).await.status, 303);
        }
        assert!(!is_in(&alice, &world).await);
    }
    assert!(finished >= 4, "{finished}");
}

/// A login that is given up at any point leaves nothing that a logout would miss, and nothing in the way of the next.
#[tokio::test(start_paused = true)]
async fn bm14_a_browser_that_leaves_during_the_callback_leaves_no_live_orphan() {
    let mut orphans = 0;
    for points in 0.. {
        let world = remote_world().await;
        let alice = Browser::new("alice");
        let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
        let answer = drop_at(points, alice.page(&world, &callback)).await;
        world.settle().await;
        let arrived = answer.is_some();
        assert_eq!(is_in(&alice, &world).await, arrived, "no cookie, no session: dropped at {points}");
        orphans += usize::from(!arrived && !world.state().await.sessions.is_empty());

        // The same callback again, as a reload does: no second session, no loop.
        let again = alice.page(&world, &callback).await;
        assert!(matches!(again.status, 303 | 400), "{again:?}");
        assert_done(&hear(&world, &token(&world, None, Some(&sid(&alice)))).await);
        assert_eq!(world.state().await.sessions, [], "dropped at {points}");
        assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
        if arrived {
            break;
        }
    }
    assert!(orphans >= 1, "some were stored and had lost their browser");
}

/// The insert was carried out and its reply was lost: the session has no cookie anywhere, so it ends.
#[tokio::test(start_paused = true)]
async fn bm14_a_session_whose_reply_was_lost_is_no_orphan() {
    let world = World::new(&Bare).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    world.store().fail_next(Verb::Insert, Moment::After);
    let refused = alice.page(&world, &callback).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "store.unavailable"));
    assert_eq!((world.state().await.sessions.len(), world.provider().live_grants()), (0, 0));
}

/// A whole node dies, tasks and all, at each step of a revocation. What it had said 200 to is dead everywhere; what it
/// had not said 200 to is dead, or a retry at another node succeeds.
#[test]
fn bm14_a_node_that_is_killed_at_any_step_of_a_revocation() {
    for (verb, moment) in [
        (Verb::Now, Moment::Before),
        (Verb::Now, Moment::After),
        (Verb::Revoke, Moment::Before),
        (Verb::Revoke, Moment::After),
    ] {
        let (first, second) = (process(), process());
        let (world, alice, token) = first.block_on(async {
            let world = World::new(&Bare).await;
            let alice = world.login("alice").await;
            let token = token_for(&world, "alice");
            (world, alice, token)
        });
        let stalled = world.store().stall_next(verb, moment);
        first.block_on(async {
            tokio::select! {
                biased;
                _ = hear(&world, &token) => panic!("it waits"),
                () = stalled.reached() => {}
            }
        });
        drop(first);

        second.block_on(async {
            let node = world.second_node().await;
            let done = !is_in(&alice, &node).await;
            assert_eq!(done, (verb, moment) == (Verb::Revoke, Moment::After), "{verb:?} {moment:?}");
            let retried = hear(&node, &token).await;
            assert_eq!(retried.status == 200, !done, "{retried:?}");
            assert!(!is_in(&alice, &node).await, "dead in any case");
            alice.log_in(&node).await;
            assert!(is_in(&alice, &node).await);
        });
    }
}

/// A process of its own: it does nothing unless somebody lets it, and dies when it is dropped.
fn process() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}
