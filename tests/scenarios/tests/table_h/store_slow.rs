use std::{mem::forget, time::Duration};

use scenarios::{Browser, DASHBOARD, Mount, Request, World, on_every_mount};
use tokio::time::Instant;
use vestibule_web::conformance::{Moment, Verb};

on_every_mount! {
    h08_a_page_does_not_wait_for_ever
    h08_a_login_does_not_wait_for_ever
    h08_a_callback_does_not_wait_for_ever
    h08_a_logout_does_not_wait_for_ever
    h08_a_logout_token_is_refused_in_time
    h08_a_touch_that_stalls_does_not_spoil_the_page
    h08_a_slow_reply_is_awaited
}

/// How long a request waits for the store.
const DEADLINE: Duration = Duration::from_secs(2);
const TIMEOUT: (u16, &str) = (503, "store.timeout");

async fn h08_a_page_does_not_wait_for_ever(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for path in ["/", "/me", "/api/me"] {
        forget(world.store().stall_next(Verb::Load, Moment::Before));
        let start = Instant::now();
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.code().as_str()), TIMEOUT, "{path}");
        assert_eq!(start.elapsed(), DEADLINE);
    }
    assert_eq!(alice.page(&world, "/me").await.status, 200);
    world
}

async fn h08_a_login_does_not_wait_for_ever(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    forget(world.store().stall_next(Verb::Now, Moment::Before));
    let answer = Browser::new("alice").page(&world, "/auth/login").await;
    assert_eq!(
        (answer.status, answer.code().as_str(), answer.set_cookies().len()),
        (503, "store.timeout", 0)
    );
    world
}

async fn h08_a_callback_does_not_wait_for_ever(mount: &'static dyn Mount) -> World {
    for moment in [Moment::Before, Moment::After] {
        let world = World::new(mount).await;
        let alice = Browser::new("alice");
        let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
        forget(world.store().stall_next(Verb::Insert, moment));
        let answer = alice.page(&world, &callback).await;
        assert_eq!((answer.status, answer.code().as_str()), TIMEOUT, "{moment:?}");
        assert_eq!(alice.cookies(&world), [], "no handle of a session that may not be there");
        assert_eq!(world.provider().live_grants(), 0);
        assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    }
    World::new(mount).await
}

async fn h08_a_logout_does_not_wait_for_ever(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    forget(world.store().stall_next(Verb::End, Moment::Before));
    let answer = alice.send(&world, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "logout.unfinished"));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn h08_a_logout_token_is_refused_in_time(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let sid = alice.sso().unwrap().sid;
    let token = world.provider().logout_token(DASHBOARD, |claims| claims["sid"] = sid.into());
    forget(world.store().stall_next(Verb::Revoke, Moment::Before));
    let start = Instant::now();
    let answer = world.receive(Request::logout_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "store.timeout"));
    assert_eq!(start.elapsed(), DEADLINE);
    assert_eq!(world.state().await.sessions.len(), 1);
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200, "it was not spent");
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn h08_a_touch_that_stalls_does_not_spoil_the_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(600));
    forget(world.store().stall_next(Verb::Touch, Moment::Before));
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn h08_a_slow_reply_is_awaited(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let stalled = world.store().stall_next(Verb::Load, Moment::After);
    let patience = async {
        stalled.reached().await;
        tokio::time::sleep(DEADLINE - Duration::from_millis(1)).await;
        stalled.release();
    };
    let (answer, ()) = tokio::join!(alice.page(&world, "/me"), patience);
    assert_eq!(answer.text(), "only for you, alice");
    world
}
