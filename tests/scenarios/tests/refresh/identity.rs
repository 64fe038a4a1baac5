//! A refreshed ID token continues the same login (checklist A27, BM10).

use std::time::Duration;

use scenarios::{
    Bare, Browser, Call, DASHBOARD, Mount, Request, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME,
};
use serde_json::{Value, json};

use crate::support::{grant_calls, refused, renewed};

/// What changes about the ID token, and how.
type Change = (&'static str, fn(&mut Value));

on_every_mount! {
    a27_another_identity_ends_the_session
}

async fn a27_another_identity_ends_the_session(mount: &'static dyn Mount) -> World {
    let changes: [Change; 5] = [
        ("another user", |claims| claims["sub"] = json!("mallory")),
        ("another issuer", |claims| claims["iss"] = json!("https://evil.example")),
        ("another client", |claims| claims["aud"] = json!("docs")),
        ("another nonce", |claims| claims["nonce"] = json!("another")),
        ("another login", |claims| claims["auth_time"] = json!(1)),
    ];
    let world = World::new(mount).await;
    for (change, alter) in changes {
        world.provider().alter_id_token(|_| ());
        let alice = world.login("alice").await;
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        world.provider().alter_id_token(alter);
        let before = world.calls();
        assert_eq!(refused(&alice, &world).await, (401, "refresh.identity_changed".into()), "{change}");
        assert_eq!(grant_calls(world.calls() - before), (1, 0), "{change}");
        assert_eq!(alice.page(&world, "/").await.text(), "hello stranger", "{change}");
        assert_eq!(world.state().await.sessions, [], "{change}");
    }
    world
}

/// Keys that are out of reach are no verdict about an ID token.
#[tokio::test(start_paused = true)]
async fn a27_an_id_token_that_cannot_be_checked_is_left_out() {
    let world = World::new(&Bare).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().fault(Call::Keys, scenarios::provider::fault::unreachable);
    renewed(&alice, &second).await;
    assert_eq!(alice.api(&second, "/api/me").await.json()["sub"], "alice");
}

/// A refreshed `sid` is listened to as well; the first one stays, also where none comes.
#[tokio::test(start_paused = true)]
async fn bm10_the_first_sid_and_the_refreshed_one_both_end_the_session() {
    for told in ["the first", "the second"] {
        let world = World::new(&Bare).await;
        let (alice, bob) = (world.login("alice").await, world.login("bob").await);
        let first = alice.sso().unwrap().sid;
        refresh_with(&world, &alice, |claims| claims["sid"] = json!("moved")).await;
        assert_eq!(
            alice.api(&world, "/api/me").await.json()["sid"],
            json!(first),
            "applications see the first"
        );
        refresh_with(&world, &alice, |claims| {
            claims.as_object_mut().expect("an object").remove("sid");
        })
        .await;

        let sid = if told == "the first" { first } else { "moved".to_owned() };
        let token = world.provider().logout_token(DASHBOARD, |claims| {
            claims.as_object_mut().expect("an object").remove("sub");
            claims["sid"] = json!(sid);
        });
        assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
        assert_eq!(alice.page(&world, "/").await.text(), "hello stranger", "{told}");
        assert_eq!(bob.page(&world, "/").await.text(), "hello bob");
    }
}

/// The refresh teaches a `sid` that was logged out meanwhile: the session ends in that very step.
#[tokio::test(start_paused = true)]
async fn bm10_a_refresh_that_learns_a_dead_sid_ends_the_session() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let token = world.provider().logout_token(DASHBOARD, |claims| claims["sid"] = json!("moved"));
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice", "nobody has that sid yet");

    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().alter_id_token(|claims| claims["sid"] = json!("moved"));
    let before = world.calls();
    assert_eq!(refused(&alice, &world).await, (401, "session.revoked".into()));
    assert_eq!(grant_calls(world.calls() - before), (1, 1));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
}

async fn refresh_with(world: &World, browser: &Browser, alter: fn(&mut Value)) {
    world.provider().alter_id_token(alter);
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    renewed(browser, world).await;
}
