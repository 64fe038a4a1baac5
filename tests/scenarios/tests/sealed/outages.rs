//! A store of logouts that does not answer (checklist H07, H08).

use std::time::Duration;

use scenarios::{Browser, Calls, DASHBOARD, Mount, Request, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{is_signed_in, revocable, sealed, storeless};

on_every_mount! {
    h07_who_it_is_cannot_be_told
    h07_no_login_without_the_store
    h07_a_logout_fails_loudly
    h07_a_logout_token_is_refused_and_can_be_sent_again
    h08_a_slow_store_is_an_outage
    h07_without_a_store_there_is_no_outage
}

const DOWN: (u16, &str) = (503, "store.unavailable");

/// Never anonymous, and never signed in.
async fn h07_who_it_is_cannot_be_told(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let cookies = sealed(&alice, &world);
    world.store().outage(true);
    for path in ["/", "/me", "/news"] {
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.code().as_str()), DOWN, "{path}");
    }
    assert_eq!(alice.api(&world, "/api/me").await.code(), DOWN.1);
    assert_eq!(
        Browser::new("bob").page(&world, "/").await.text(),
        "hello stranger",
        "without cookies nobody is asked"
    );
    world.store().outage(false);
    assert!(is_signed_in(&world, &alice).await);
    assert_eq!(sealed(&alice, &world), cookies);
    world
}

async fn h07_no_login_without_the_store(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    for verb in [Verb::IsCovered, Verb::Revoke] {
        let alice = world.login("alice").await;
        let old = sealed(&alice, &world);
        let callback = alice.start_login(&world, "/auth/login").await;
        world.store().fail_next(verb, Moment::Before);
        let answer = alice.page(&world, &callback).await;
        assert_eq!((answer.status, answer.code().as_str()), DOWN, "{verb:?}");
        assert_eq!(sealed(&alice, &world), old, "{verb:?}");
        assert!(is_signed_in(&world, &alice).await, "{verb:?}");
    }
    world
}

async fn h07_a_logout_fails_loudly(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let copy = Browser::new("alice");
    for cookie in alice.cookies(&world) {
        copy.plant(&world, &cookie.name, &cookie.value);
    }
    let csrf = alice.csrf(&world).await;
    world.store().fail_next(Verb::Revoke, Moment::Before);
    let answer = alice.send(&world, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "logout.unfinished"));
    assert!(!is_signed_in(&world, &alice).await);
    assert!(!is_signed_in(&world, &copy).await, "in effect here at once");
    let second = world.second_node().await;
    assert!(is_signed_in(&second, &copy).await);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!is_signed_in(&second, &copy).await, "and soon everywhere");
    world
}

async fn h07_a_logout_token_is_refused_and_can_be_sent_again(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let sid = alice.sso().unwrap().sid;
    let token = world.provider().logout_token(DASHBOARD, move |claims| claims["sid"] = sid.into());
    let before = world.snapshot().await;
    world.store().fail_next(Verb::Revoke, Moment::Before);
    let answer = world.receive(Request::logout_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, DOWN.1));
    assert_eq!(world.state().await, before.state);
    assert!(!is_signed_in(&world, &alice).await, "here at once");
    assert!(is_signed_in(&world.second_node().await, &alice).await);
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert!(!is_signed_in(&world.second_node().await, &alice).await);
    world
}

async fn h08_a_slow_store_is_an_outage(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let stalled = world.store().stall_next(Verb::IsCovered, Moment::Before);
    let answer = alice.page(&world, "/me").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.timeout"));
    stalled.release();
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn h07_without_a_store_there_is_no_outage(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    world.store().outage(true);
    let alice = world.login("alice").await;
    let calls = world.calls();
    assert!(is_signed_in(&world, &alice).await);
    alice.submit_logout(&world).await;
    assert!(!is_signed_in(&world, &alice).await);
    assert_eq!(world.calls() - calls, Calls::NONE);
    world.store().outage(false);
    world
}
