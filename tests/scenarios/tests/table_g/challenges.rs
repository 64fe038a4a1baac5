//! G05, G07: what a refused caller is told.

use scenarios::{API, Mount, Request, World, on_every_mount};
use serde_json::json;

use crate::support::{METADATA, challenge, refused, warm, with_token};

on_every_mount! {
    g07_without_a_token_there_is_no_error
    g07_an_expired_token_is_told_to_be_invalid
    c27_g07_a_place_for_both_sends_people_to_log_in_and_programs_for_a_token
    a_token_counts_before_the_session
}

async fn g07_without_a_token_there_is_no_error(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for request in [Request::api("/orders"), Request::page("/orders"), Request::api("/orders").method("HEAD")]
    {
        let answer = world.receive(request).await;
        assert_eq!(
            (answer.status, challenge(&answer)),
            (401, &*format!("Bearer resource_metadata=\"{METADATA}\""))
        );
        assert_eq!(answer.header("vary"), Some("authorization"));
    }
    let answer = refused(&world, Request::api("/orders")).await;
    assert_eq!(answer.code(), "auth.required");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    world
}

async fn g07_an_expired_token_is_told_to_be_invalid(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let token = world.provider().access_token(API, |claims| claims["exp"] = json!(1));
    let answer = refused(&world, with_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "rs.claims"));
    let expected = format!(
        "Bearer error=\"invalid_token\", error_description=\"the access token has expired\", resource_metadata=\"{METADATA}\""
    );
    assert_eq!(challenge(&answer), expected);
    world
}

async fn c27_g07_a_place_for_both_sends_people_to_log_in_and_programs_for_a_token(
    mount: &'static dyn Mount,
) -> World {
    let world = World::new(mount).await;
    let answer = world.receive(Request::page("/caller")).await;
    assert_eq!((answer.status, answer.location()), (303, "/auth/login?return_to=%2Fcaller"));
    let answer = world.receive(Request::api("/caller")).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
    assert!(challenge(&answer).starts_with("Bearer resource_metadata="));
    world
}

async fn a_token_counts_before_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.send(&world, Request::api("/caller")).await.text(), "only for you, alice");
    let good = world.provider().access_token(API, |_| ());
    let spoilt = world.provider().access_token("https://other.example", |_| ());
    let caller = |token: &str| Request::api("/caller").header("authorization", format!("Bearer {token}"));
    let answer = alice.send(&world, caller(&good)).await;
    assert_eq!(answer.text(), "orders for the user alice by dashboard");
    assert_eq!(
        alice.send(&world, caller(&spoilt)).await.code(),
        "rs.audience",
        "the session does not make up for it"
    );
    world
}
