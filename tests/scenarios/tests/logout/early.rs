//! A logout that is heard before the session is there (checklist BM02): each place where it can fall.

use std::time::Duration;

use scenarios::{Bare, Browser, Call, Mount, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, hear, is_in, sid, token, token_for};

on_every_mount! {
    bm02_before_the_user_comes_back
    bm02_while_the_code_is_exchanged
    bm02_while_the_session_is_stored
    bm02_a_second_refusal_is_a_page
    bm02_the_session_before_ends_too
    bm02_another_users_logout_disturbs_nobody
}

/// The login starts afresh, once and by itself; the grant that led to nothing is given back.
async fn starts_afresh(world: &World, browser: &Browser, answer: &scenarios::Answer) {
    assert_eq!(answer.status, 303);
    assert!(world.provider().is_authorization_url(answer.location()), "{answer:?}");
    assert!(browser.session_cookie(world).is_none());
    assert_eq!(world.state().await.sessions, []);
    assert_eq!((world.calls().revocation, world.provider().live_grants()), (1, 0));
    let landed = browser.follow(world, answer.clone()).await;
    assert_eq!(landed.text(), "only for you, alice", "and the user notices no more than that");
}

async fn bm02_before_the_user_comes_back(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    assert_done(&hear(&world, &token(&world, None, Some(&sid(&alice)))).await);
    let answer = alice.page(&world, &callback).await;
    starts_afresh(&world, &alice, &answer).await;
    world
}

async fn bm02_while_the_code_is_exchanged(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let held = world.provider().hold(Call::Token);
    let logout = async {
        held.reached().await;
        let answer = hear(&world, &token_for(&world, "alice")).await;
        world.advance(Duration::from_millis(1));
        held.release();
        answer
    };
    let (answer, heard) = tokio::join!(alice.page(&world, &callback), logout);
    assert_done(&heard);
    starts_afresh(&world, &alice, &answer).await;
    world
}

async fn bm02_while_the_session_is_stored(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let stalled = world.store().stall_next(Verb::Insert, Moment::Before);
    let logout = async {
        stalled.reached().await;
        let answer = hear(&world, &token(&world, Some("alice"), Some(&sid(&alice)))).await;
        world.advance(Duration::from_millis(1));
        stalled.release();
        answer
    };
    let (answer, heard) = tokio::join!(alice.page(&world, &callback), logout);
    assert_done(&heard);
    starts_afresh(&world, &alice, &answer).await;
    world
}

async fn bm02_a_second_refusal_is_a_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let afresh = alice.page(&world, &callback).await;
    let callback = world.path_of(&world.authorize(&alice, afresh.location()).unwrap());
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let refused = alice.page(&world, &callback).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "callback.session_revoked"));
    assert!(refused.text().contains("/auth/login?return_to=%2Fme"), "{refused:?}");
    assert_eq!((world.state().await.sessions.len(), alice.session_cookie(&world)), (0, None));
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}

/// The browser was signed in as somebody, began to log in as somebody else, and that one was logged out.
async fn bm02_the_session_before_ends_too(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let browser = world.login("bob").await;
    browser.hand_over_to("alice");
    let callback = browser.start_login(&world, "/auth/login").await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let answer = browser.page(&world, &callback).await;
    assert!(world.provider().is_authorization_url(answer.location()), "{answer:?}");
    assert!(!is_in(&browser, &world).await, "bob's session is not what this browser is for any more");
    world
}

async fn bm02_another_users_logout_disturbs_nobody(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let bob = world.login("bob").await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    assert_done(&hear(&world, &token_for(&world, "bob")).await);
    assert_done(&hear(&world, &token(&world, None, Some(&sid(&bob)))).await);
    assert_eq!(alice.page(&world, &callback).await.location(), "/");
    assert!(is_in(&alice, &world).await);
    assert!(!is_in(&bob, &world).await);
    world
}

/// Equal moments are covered; a login that starts afresh in the very millisecond of the logout would be refused again.
#[tokio::test(start_paused = true)]
async fn bm02_a_fresh_start_begins_after_the_logout_even_within_a_millisecond() {
    let world = World::new(&Bare).await;
    let clock = world.clock().clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            clock.advance(Duration::from_millis(1));
        }
    });
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let stalled = world.store().stall_next(Verb::Insert, Moment::Before);
    let logout = async {
        stalled.reached().await;
        let answer = hear(&world, &token_for(&world, "alice")).await;
        stalled.release();
        answer
    };
    let (answer, heard) = tokio::join!(alice.page(&world, &callback), logout);
    assert_done(&heard);
    starts_afresh(&world, &alice, &answer).await;
}
