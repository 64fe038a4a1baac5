//! How long a sealed session lives (checklist D10).

use std::time::Duration;

use scenarios::{Bare, Browser, Mount, Sessions, World, on_every_mount};
use serde_json::json;
use vestibule::Clock;
use vestibule_web::Lifetimes;

use crate::support::{assert_refused, header, is_signed_in, page_with, revocable, sealed, storeless};

on_every_mount! {
    d10_unused_for_too_long
    d10_use_moves_the_end
    d10_in_constant_use_until_its_end
    d10_a_cookie_kept_beyond_its_time
    d10_session_expiry_is_a_further_ceiling
    d10_session_expiry_in_the_past
    d10_a_clock_that_steps_back_prolongs_nothing
    d10_a_node_whose_clock_was_set_back
    d10_use_is_noted_now_and_then
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

async fn d10_unused_for_too_long(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let cookies = header(&sealed(&alice, &world));
    world.advance(30 * MINUTE - SECOND);
    assert_eq!(page_with(&world, "/", &cookies).await.text(), "hello alice");
    world.advance(SECOND);
    assert_refused(&world, &cookies, "session.expired").await;
    world
}

async fn d10_use_moves_the_end(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..4 {
        world.advance(30 * MINUTE - SECOND);
        assert!(is_signed_in(&world, &alice).await);
    }
    world
}

async fn d10_in_constant_use_until_its_end(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..(12 * 60 / 5 - 1) {
        world.advance(5 * MINUTE);
        assert!(is_signed_in(&world, &alice).await);
    }
    let last = sealed(&alice, &world);
    world.advance(5 * MINUTE + SECOND);
    assert_eq!(sealed(&alice, &world), [], "the browser forgets it at its end, however much it was used");
    assert_refused(&world, &header(&last), "session.expired").await;
    world
}

async fn d10_a_cookie_kept_beyond_its_time(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookies = header(&sealed(&world.login("alice").await, &world));
    world.advance(365 * 24 * HOUR);
    assert_refused(&world, &cookies, "session.expired").await;
    world
}

async fn d10_session_expiry_is_a_further_ceiling(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let end = world.clock().now().as_secs() + 600;
    world.provider().alter_id_token(move |claims| claims["session_expiry"] = json!(end));
    let alice = world.login("alice").await;
    let cookies = header(&sealed(&alice, &world));
    world.advance(10 * MINUTE - SECOND);
    assert_eq!(page_with(&world, "/", &cookies).await.text(), "hello alice");
    world.advance(2 * SECOND);
    assert_refused(&world, &cookies, "session.expired").await;
    world
}

async fn d10_session_expiry_in_the_past(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let past = world.clock().now().as_secs() - 1;
    world.provider().alter_id_token(move |claims| claims["session_expiry"] = json!(past));
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "session.expired"));
    assert_eq!(sealed(&alice, &world), []);
    world
}

async fn d10_a_clock_that_steps_back_prolongs_nothing(mount: &'static dyn Mount) -> World {
    for sessions in [Sessions::Sealed, Sessions::SealedRevocable] {
        let world = World::with_sessions(mount, sessions, |rp| rp).await;
        let cookies = header(&sealed(&world.login("alice").await, &world));
        let wall = world.clock().unix_time();
        world.clock().set_wall(wall - 2 * HOUR);
        world.advance(30 * MINUTE);
        assert_refused(&world, &cookies, "session.expired").await;
    }
    storeless(mount).await
}

/// A node that starts anew has nothing but its clock: what was used in its future is of no known age.
async fn d10_a_node_whose_clock_was_set_back(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookies = header(&sealed(&world.login("alice").await, &world));
    let wall = world.clock().unix_time();
    world.clock().set_wall(wall - 30 * SECOND);
    let a_little_behind = world.second_node().await;
    assert_eq!(page_with(&a_little_behind, "/", &cookies).await.text(), "hello alice");
    world.clock().set_wall(wall - 2 * HOUR);
    let behind = world.second_node().await;
    assert_eq!(page_with(&behind, "/", &cookies).await.text(), "hello stranger");
    world
}

async fn d10_use_is_noted_now_and_then(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let mut sealed_again = 0;
    for _ in 0..60 {
        world.advance(10 * SECOND);
        sealed_again += alice.page(&world, "/").await.set_cookies().len();
    }
    assert_eq!(sealed_again, 3, "every three minutes");
    world
}

#[tokio::test(start_paused = true)]
async fn d10_the_end_of_a_session_never_moves() {
    let lifetimes = Lifetimes { idle: HOUR, absolute: 2 * HOUR };
    let world = World::with_sessions(&Bare, Sessions::Sealed, move |rp| rp.lifetimes(lifetimes)).await;
    let alice = world.login("alice").await;
    for _ in 0..11 {
        world.advance(10 * MINUTE);
        assert!(is_signed_in(&world, &alice).await);
    }
    world.advance(10 * MINUTE);
    assert!(!is_signed_in(&world, &alice).await);
}
