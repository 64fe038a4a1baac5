//! The application's data in a session: nothing is lost, and nothing comes back to life (checklist BM04).

use std::{pin::pin, time::Duration};

use futures_util::{FutureExt, future::join_all};
use scenarios::{
    Bare, Browser, Mount, Node, Request, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME,
};
use vestibule::Diagnose;
use vestibule_web::{
    Session, SessionError,
    conformance::{Moment, Verb},
};

use crate::support::{assert_done, hear, is_in, snapshot, token_for};

on_every_mount! {
    bm04_a_request_under_way_revives_nothing
    bm04_a_handler_that_writes_after_the_logout_is_told
}

/// Everything that a handler can still do with a session it loaded before the logout.
async fn assert_revives_nothing(world: &World, session: &Session, what: &str) {
    let before = snapshot(world).await.state;
    assert_gone(session.set_data(&"data".to_owned()).await, what);
    assert_gone(session.update_data(|count: &mut u32| *count += 1).await, what);
    assert!(!session.end_listed("AAAAAAAAAAAAAAAAAAAAAA").await.unwrap(), "{what}");
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_gone(session.access_token().await, what);
    assert_eq!(snapshot(world).await.state, before, "{what}");
}

fn assert_gone<T: std::fmt::Debug>(outcome: Result<T, SessionError>, what: &str) {
    let error = outcome.expect_err(what);
    assert_eq!(error.disposition(), vestibule::Disposition::Gone, "{what}: {error:?}");
    assert!(["session.gone", "session.revoked"].contains(&error.code()), "{what}: {error:?}");
}

async fn bm04_a_request_under_way_revives_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    for heard in [true, false] {
        let alice = world.login("alice").await;
        let sessions = [alice.session(&world).await, alice.session(&second).await];
        if heard {
            assert_done(&hear(&world, &token_for(&world, "alice")).await);
        } else {
            assert_eq!(alice.submit_logout(&world).await.status, 303);
        }
        for session in &sessions {
            assert_revives_nothing(&world, session, if heard { "heard" } else { "by the user" }).await;
        }
        let cookie = Browser::new("alice");
        cookie.plant(&world, &name(&alice, &world), "A".repeat(43).as_str());
        assert!(!is_in(&alice, &world).await);
        assert!(!is_in(&cookie, &world).await, "a handle that was made up creates nothing");
    }
    assert_eq!(world.state().await.sessions, []);
    world
}

fn name(browser: &Browser, node: &Node) -> String {
    // The cookie may be gone by now; its name is that of any session here.
    browser.session_cookie(node).map_or_else(|| "__Host-vs-none".to_owned(), |cookie| cookie.name)
}

async fn bm04_a_handler_that_writes_after_the_logout_is_told(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "1");
    let stalled = world.store().stall_next(Verb::Replace, Moment::Before);
    let logout = async {
        stalled.reached().await;
        let answer = hear(&world, &token_for(&world, "alice")).await;
        stalled.release();
        answer
    };
    let (told, heard) = tokio::join!(alice.api(&world, "/api/visits"), logout);
    assert_done(&heard);
    assert_eq!((told.status, told.code().as_str()), (401, "session.revoked"));
    assert!(!is_in(&alice, &world).await);
    world
}

/// A touch beside a logout: neither the page nor the session survives.
#[tokio::test(start_paused = true)]
async fn bm04_a_touch_revives_nothing() {
    for moment in [Moment::Before, Moment::After] {
        let world = World::new(&Bare).await;
        let alice = world.login("alice").await;
        world.advance(Duration::from_secs(600));
        let stalled = world.store().stall_next(Verb::Touch, moment);
        let logout = async {
            stalled.reached().await;
            let answer = hear(&world, &token_for(&world, "alice")).await;
            stalled.release();
            answer
        };
        let (page, heard) = tokio::join!(alice.page(&world, "/"), logout);
        assert_done(&heard);
        let seen = if moment == Moment::Before { "hello stranger" } else { "hello alice" };
        assert_eq!(page.text(), seen, "{moment:?}");
        assert!(!is_in(&alice, &world).await);
        assert_eq!(world.state().await.sessions, []);
    }
}

/// Requests of two nodes count in one session at the same time.
#[tokio::test(start_paused = true)]
async fn bm04_no_update_is_lost_between_nodes() {
    let world = World::new(&Bare).await;
    world.store().remote();
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    for round in 0..10 {
        let nodes = [&*world, &second, &world, &second];
        let counted = join_all(nodes.map(|node| alice.api(node, "/api/visits"))).await;
        assert!(counted.iter().all(|answer| answer.status == 200), "{counted:?}");
        let session = alice.session(&world).await;
        assert_eq!(session.data::<u32>().unwrap(), Some(4 * (round + 1)));
    }
}

/// Clones of one session share what they know; none of them overwrites what another one wrote.
#[test]
fn bm04_no_update_is_lost_between_clones_on_many_threads() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    let session = runtime.block_on(async {
        let world = World::new(&Bare).await;
        let alice = world.login("alice").await;
        alice.session(&world).await
    });
    let mut counted = 0;
    for _ in 0..50 {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let session = session.clone();
                runtime.spawn(async move { session.update_data(|count: &mut u32| *count += 1).await })
            })
            .collect();
        for task in tasks {
            counted += u32::from(runtime.block_on(task).unwrap().is_ok());
        }
        assert_eq!(session.data::<u32>().unwrap(), Some(counted), "each success counted once");
    }
    assert!(counted > 300, "{counted}");
}

#[tokio::test(start_paused = true)]
async fn bm04_what_another_request_wrote_is_not_overwritten_unseen() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let (here, there) = (alice.session(&world).await, alice.session(&world).await);
    there.set_data(&"theirs".to_owned()).await.unwrap();
    let conflict = here.set_data(&"ours".to_owned()).await.unwrap_err();
    assert_eq!(conflict.code(), "store.conflict");
    assert_eq!(here.data::<String>().unwrap().as_deref(), Some("theirs"), "read it and decide again");
    here.set_data(&"both".to_owned()).await.unwrap();
    assert_eq!(alice.session(&world).await.data::<String>().unwrap().as_deref(), Some("both"));
}

/// A refresh between reading and writing brings tokens, and not the right to overwrite data that nobody read.
#[tokio::test(start_paused = true)]
async fn bm04_a_refresh_between_reading_and_writing_hides_no_conflict() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let here = alice.session(&world).await;
    assert_eq!(here.data::<String>().unwrap(), None);
    alice.session(&world).await.set_data(&"theirs".to_owned()).await.unwrap();
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    here.access_token().await.unwrap();
    assert_eq!(here.data::<String>().unwrap(), None, "a session does not change under the handler's hands");
    assert_eq!(here.set_data(&"ours".to_owned()).await.unwrap_err().code(), "store.conflict");

    let leases = world.store().calls(Verb::Lease);
    let token = here.access_token().await.unwrap();
    here.set_data(&"both".to_owned()).await.unwrap();
    assert_eq!(here.access_token().await.unwrap().expose(), token.expose(), "nor do its tokens grow older");
    assert_eq!(
        (world.calls().token, world.store().calls(Verb::Lease)),
        (2, leases),
        "it knows its new token"
    );
}

/// Replies arrive in another order than they were made in: what a session knows does not become older.
#[tokio::test(start_paused = true)]
async fn bm04_a_late_reply_takes_nothing_back() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let stalled = world.store().stall_next(Verb::Replace, Moment::After);
    let first = tokio::spawn({
        let session = session.clone();
        async move { session.set_data(&"first".to_owned()).await }
    });
    stalled.reached().await;
    session.update_data(|data: &mut String| data.push_str(", second")).await.unwrap();
    stalled.release();
    first.await.unwrap().unwrap();
    assert_eq!(session.data::<String>().unwrap().as_deref(), Some("first, second"));
    session.set_data(&"third".to_owned()).await.unwrap();
}

/// As above, for tokens: a request that waited for one refresh wakes after the next one.
#[tokio::test(start_paused = true)]
async fn bm04_a_late_refresh_takes_no_token_back() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let sleeper = session.clone();
    let mut waiting = pin!(sleeper.access_token());
    assert!(waiting.as_mut().now_or_never().is_none());
    world.settle().await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let newest = session.access_token().await.unwrap();
    let leases = world.store().calls(Verb::Lease);
    assert_eq!(waiting.await.unwrap().expose(), newest.expose());
    assert_eq!(session.access_token().await.unwrap().expose(), newest.expose());
    assert_eq!((world.store().calls(Verb::Lease), world.calls().token), (leases, 3));
}

/// Data that two requests fight over for ever ends in an error, not in a loop.
#[tokio::test(start_paused = true)]
async fn bm04_an_update_gives_up_after_eight_conflicts() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let rival = alice.session(&world).await;
    let before = world.store().calls(Verb::Replace);
    let fight = async {
        for _ in 0..8 {
            let stalled = world.store().stall_next(Verb::Replace, Moment::Before);
            stalled.reached().await;
            rival.update_data(|count: &mut u32| *count += 1).await.unwrap();
            stalled.release();
        }
    };
    let ((), refused) = tokio::join!(fight, session.update_data(|count: &mut u32| *count += 100));
    assert_eq!(refused.unwrap_err().code(), "store.conflict");
    assert_eq!(world.store().calls(Verb::Replace) - before, 16);
    assert_eq!(alice.session(&world).await.data::<u32>().unwrap(), Some(8));
}

/// The page that the user sees when their session ended while they filled in a form.
#[tokio::test(start_paused = true)]
async fn bm04_a_form_of_an_ended_session_is_refused() {
    let world = World::new(&scenarios::Axum).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let form = Request::form("/rename", [("name", "x"), ("csrf", csrf.as_str())]);
    let refused = alice.send(&world, form).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "auth.required"));
}
