use std::time::Duration;

use scenarios::{Browser, Calls, Mount, World, on_every_mount};
use serde_json::json;
use vestibule::{Clock, Diagnose};
use vestibule_web::Lifetimes;

on_every_mount! {
    d10_unused_for_too_long
    d10_just_not_too_long_unused
    d10_in_constant_use_until_its_end
    d10_a_cookie_kept_beyond_its_time
    d10_session_expiry_ends_it_earlier
    d10_session_expiry_does_not_end_it_later
    d10_session_expiry_in_the_past
    d10_session_expiry_before_1970
    d10_session_expiry_with_a_fraction
    d10_session_expiry_as_text
    d10_a_wall_clock_that_steps_back_prolongs_nothing
    d10_other_lifetimes
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

async fn is_signed_in(world: &World, browser: &Browser) -> bool {
    match browser.api(world, "/api/me").await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

async fn d10_unused_for_too_long(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(30 * MINUTE + SECOND);
    let answer = alice.api(&world, "/api/me").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn d10_just_not_too_long_unused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(30 * MINUTE - SECOND);
    assert!(is_signed_in(&world, &alice).await);
    world.advance(30 * MINUTE - SECOND);
    assert!(is_signed_in(&world, &alice).await, "using it moved its end");
    world
}

async fn d10_in_constant_use_until_its_end(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let cookie = alice.session_cookie(&world).unwrap();
    alice.plant(&world, &cookie.name, &cookie.value);
    for _ in 0..(12 * 60 / 5 - 1) {
        world.advance(5 * MINUTE);
        assert!(is_signed_in(&world, &alice).await);
    }
    world.advance(5 * MINUTE + SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_a_cookie_kept_beyond_its_time(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let cookie = alice.session_cookie(&world).unwrap();
    alice.plant(&world, &cookie.name, &cookie.value);
    world.advance(365 * 24 * HOUR);
    assert_eq!(alice.session_cookie(&world).map(|kept| kept.value), Some(cookie.value));
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_session_expiry_ends_it_earlier(mount: &'static dyn Mount) -> World {
    let world = with_session_expiry(mount, 10 * MINUTE.as_secs() as i64).await;
    let alice = world.login("alice").await;
    world.advance(10 * MINUTE - SECOND);
    assert!(is_signed_in(&world, &alice).await);
    world.advance(2 * SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_session_expiry_does_not_end_it_later(mount: &'static dyn Mount) -> World {
    let world = with_session_expiry(mount, 365 * 24 * HOUR.as_secs() as i64).await;
    let alice = world.login("alice").await;
    let record = world.record(&alice).await;
    assert_eq!(record.absolute_end.since(record.created), 12 * HOUR);
    world.advance(30 * MINUTE + SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_session_expiry_in_the_past(mount: &'static dyn Mount) -> World {
    let world = with_session_expiry(mount, -1).await;
    refuses_login(world, 401, "session.expired").await
}

async fn d10_session_expiry_before_1970(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_id_token(|claims| claims["session_expiry"] = json!(-1));
    refuses_login(world, 401, "session.expired").await
}

async fn d10_session_expiry_with_a_fraction(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let end = world.clock().now().as_secs() as f64 + 600.5;
    world.provider().alter_id_token(move |claims| claims["session_expiry"] = json!(end));
    let alice = world.login("alice").await;
    world.advance(10 * MINUTE + SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_session_expiry_as_text(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_id_token(|claims| claims["session_expiry"] = json!("1780000600"));
    refuses_login(world, 400, "jwt.claim_type").await
}

/// That a login makes no session, and that the grant is given back.
async fn refuses_login(world: World, status: u16, code: &str) -> World {
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    world.settle().await;
    let before = world.snapshot().await;
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (status, code));
    world.settle().await;
    world.snapshot().await.assert_unchanged_since(&before, Calls { revocation: 1, ..Calls::TOKEN });
    assert_eq!((alice.cookies(&world).len(), world.provider().live_grants()), (0, 0));
    world
}

/// A world whose provider ends sessions so many seconds from the login.
async fn with_session_expiry(mount: &'static dyn Mount, seconds: i64) -> World {
    let world = World::new(mount).await;
    let now = i64::try_from(world.clock().now().as_secs()).unwrap();
    world.provider().alter_id_token(move |claims| claims["session_expiry"] = json!(now + seconds));
    world
}

async fn d10_a_wall_clock_that_steps_back_prolongs_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let wall = world.clock().unix_time();
    world.clock().set_wall(wall - 2 * HOUR);
    world.advance(30 * MINUTE - SECOND);
    assert!(is_signed_in(&world, &alice).await);
    world.clock().set_wall(wall - 2 * HOUR);
    world.advance(30 * MINUTE + SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

async fn d10_other_lifetimes(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.lifetimes(Lifetimes { idle: HOUR, absolute: 2 * HOUR })).await;
    let alice = world.login("alice").await;
    world.advance(HOUR - SECOND);
    assert!(is_signed_in(&world, &alice).await);
    world.advance(HOUR - SECOND);
    assert!(is_signed_in(&world, &alice).await);
    world.advance(3 * SECOND);
    assert!(!is_signed_in(&world, &alice).await);
    world
}

/// Who holds a session across its end is told so.
#[tokio::test(start_paused = true)]
async fn d10_a_handler_that_outlives_the_session_is_told() {
    let world = World::new(&scenarios::Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    world.advance(30 * MINUTE + SECOND);
    assert_eq!(session.set_data(&1).await.unwrap_err().code(), "session.expired");
    let before = world.snapshot().await;
    assert_eq!(session.access_token().await.unwrap_err().code(), "session.expired");
    assert_eq!(world.snapshot().await.calls, before.calls);
}

#[tokio::test(start_paused = true)]
async fn d10_lifetimes_that_contradict_each_other_are_refused() {
    use scenarios::{cookie_key, provider::ISSUER};
    use vestibule::{ClientSecret, Provider};
    use vestibule_web::{CookieKeys, MemoryStore, RelyingParty};

    for (idle, absolute) in [(HOUR, MINUTE), (Duration::ZERO, HOUR), (Duration::ZERO, Duration::ZERO)] {
        let client = Provider::new(ISSUER).unwrap().web_app("dashboard", ClientSecret::new("secret"));
        let built = RelyingParty::builder(client, "https://app.acme.example")
            .lifetimes(Lifetimes { idle, absolute })
            .stored_sessions(MemoryStore::new(), CookieKeys::from_base64(&cookie_key(0)).unwrap())
            .build();
        assert_eq!(built.unwrap_err().code(), "config.lifetimes", "{idle:?} {absolute:?}");
    }
}
