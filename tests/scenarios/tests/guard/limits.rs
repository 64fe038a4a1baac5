//! What an application may take: time at a login, room in a session.

use std::time::Duration;

use scenarios::{Browser, Calls, Mount, World, on_every_mount};
use serde_json::json;
use vestibule_web::LoginVerdict;

on_every_mount! {
    an_application_that_never_answers_makes_no_session
    data_that_is_too_large_is_not_stored
    data_that_is_too_large_makes_no_session
    a_short_lived_access_token_is_renewed_at_half_of_its_life
}

async fn an_application_that_never_answers_makes_no_session(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.on_login(|_| std::future::pending::<Result<LoginVerdict, std::io::Error>>())
            .on_login_within(Duration::from_secs(5))
    })
    .await;
    assert_eq!(ends_without_session(&world).await, (503, "login.application_timeout".into()));
    world
}

async fn data_that_is_too_large_is_not_stored(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.data_limit(1)).await;
    let alice = world.login("alice").await;
    for count in 1..=9 {
        assert_eq!(alice.api(&world, "/api/visits").await.text(), count.to_string());
    }
    let before = world.snapshot().await;
    let answer = alice.api(&world, "/api/visits").await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "session.data_too_large"));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn data_that_is_too_large_makes_no_session(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.on_login(async |_| LoginVerdict::accept_with(&"x".repeat(8))).data_limit(9)
    })
    .await;
    assert_eq!(ends_without_session(&world).await, (500, "session.data_too_large".into()));
    world
}

async fn a_short_lived_access_token_is_renewed_at_half_of_its_life(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_token_answer(|answer| answer["expires_in"] = json!(30));
    let alice = world.login("alice").await;
    for calls in 1..=3 {
        alice.api(&world, "/api/token").await;
        world.advance(Duration::from_secs(13));
        alice.api(&world, "/api/token").await;
        assert_eq!(world.calls().token, calls, "not yet");
        world.advance(Duration::from_secs(2));
    }
    world
}

async fn ends_without_session(world: &World) -> (u16, String) {
    let mallory = Browser::new("mallory");
    let callback = mallory.start_login(world, "/auth/login").await;
    world.settle().await;
    let before = world.snapshot().await;
    let answer = mallory.page(world, &callback).await;
    world.snapshot().await.assert_unchanged_since(&before, Calls { revocation: 1, ..Calls::TOKEN });
    assert_eq!(mallory.cookies(world), []);
    (answer.status, answer.code())
}
