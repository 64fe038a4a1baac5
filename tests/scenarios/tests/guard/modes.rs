//! Guards and step-ups, wherever sessions live and however the provider answers.

use scenarios::{Mount, Sessions, World, on_every_mount};
use serde_json::json;

on_every_mount! {
    c21_a_sealed_session_is_stepped_up_with_its_data
    c21_a_step_up_that_is_answered_by_a_form_keeps_the_data
    c22_a_sealed_session_keeps_its_user
    layers_that_exclude_each_other_end_in_a_page_for_sealed_sessions
}

async fn c21_a_sealed_session_is_stepped_up_with_its_data(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp).await;
    world.provider().describe("alice", json!({ "roles": ["admin"] }));
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&world, "/needs/role").await.text(), "only for you, alice");
    assert_eq!(alice.api(&world, "/needs/permission").await.code(), "guard.forbidden");
    alice.api(&world, "/api/visits").await;
    assert_eq!(alice.open(&world, "/needs/mfa").await.text(), "only for you, alice");
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    world
}

async fn c21_a_step_up_that_is_answered_by_a_form_keeps_the_data(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.form_post()).await;
    let alice = world.login("alice").await;
    alice.api(&world, "/api/visits").await;
    assert_eq!(alice.open(&world, "/needs/mfa").await.text(), "only for you, alice");
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    world
}

async fn c22_a_sealed_session_keeps_its_user(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp).await;
    let browser = world.login("alice").await;
    let there = browser.page(&world, "/needs/mfa").await;
    browser.hand_over_to("bob");
    let callback = browser.start_login(&world, there.location()).await;
    assert_eq!(browser.page(&world, &callback).await.code(), "callback.subject_changed");
    assert_eq!(browser.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn layers_that_exclude_each_other_end_in_a_page_for_sealed_sessions(
    mount: &'static dyn Mount,
) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp).await;
    let alice = world.login("alice").await;
    let mut answer = alice.page(&world, "/needs/mfa/otp").await;
    for _ in 0..3 {
        let callback = alice.start_login(&world, answer.location()).await;
        alice.page(&world, &callback).await;
        answer = alice.page(&world, "/needs/mfa/otp").await;
    }
    assert_eq!((answer.status, answer.code().as_str()), (403, "guard.step_up_failed"));
    world
}
