//! Where it is told what a user may do.

use std::time::Duration;

use scenarios::{Bare, Browser, DASHBOARD, Mount, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME};
use serde_json::{Value, json};

on_every_mount! {
    a_change_of_roles_takes_effect_at_the_refresh
    an_access_token_can_tell_what_the_user_may_do
    an_access_token_of_another_user_makes_no_session
    an_access_token_that_is_refused_makes_no_session
}

async fn refresh(world: &World, browser: &Browser) {
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_eq!(browser.api(world, "/api/token").await.status, 200);
}

async fn code(world: &World, browser: &Browser, path: &str) -> String {
    browser.api(world, path).await.code()
}

/// What is granted without a word is what was asked for (RFC 6749 section 5.1).
#[tokio::test(start_paused = true)]
async fn scopes_are_those_that_were_granted() {
    let asked = ["email", "openid", "profile"].as_slice();
    for (told, granted) in
        [(json!(null), asked), (json!(""), asked), (json!("openid orders:read"), &["openid", "orders:read"])]
    {
        let world = World::new(&Bare).await;
        world.provider().describe("alice", json!({ "scope": "admin" }));
        world.provider().alter_token_answer(move |answer| answer["scope"] = told.clone());
        let alice = world.login("alice").await;
        assert!(alice.session(&world).await.authority().scopes.iter().eq(granted));
        world.provider().alter_token_answer(|_| ());
        refresh(&world, &alice).await;
        assert!(alice.session(&world).await.authority().scopes.iter().eq(granted), "as before");
        world.provider().alter_token_answer(|answer| answer["scope"] = json!("openid"));
        refresh(&world, &alice).await;
        assert!(alice.session(&world).await.authority().scopes.iter().eq(["openid"]), "narrowed");
    }
}

async fn a_change_of_roles_takes_effect_at_the_refresh(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for (roles, expected) in [(json!(["admin"]), ""), (json!([]), "guard.forbidden")] {
        let before = code(&world, &alice, "/needs/role").await;
        world.provider().describe("alice", json!({ "roles": roles }));
        assert_eq!(code(&world, &alice, "/needs/role").await, before, "not yet");
        refresh(&world, &alice).await;
        assert_eq!(code(&world, &alice, "/needs/role").await, expected);
    }
    world
}

/// A refresh is no authentication: what it does not tell stays, and what it tells counts.
#[tokio::test(start_paused = true)]
async fn a25_a_refresh_keeps_how_the_user_logged_in() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.open(&world, "/needs/mfa").await.status, 200);
    let then = alice.session(&world).await.authority().auth_time;
    for (acr, expected) in [(None, ""), (Some("urn:pwd"), "guard.step_up_required")] {
        world.provider().alter_id_token(move |claims: &mut Value| {
            let claims = claims.as_object_mut().expect("an object");
            claims.remove("auth_time");
            claims.remove("acr");
            claims.extend(acr.map(|acr| ("acr".to_owned(), json!(acr))));
        });
        refresh(&world, &alice).await;
        assert_eq!(code(&world, &alice, "/needs/mfa").await, expected);
        assert_eq!(alice.session(&world).await.authority().auth_time, then);
    }
}

/// A world whose application believes access tokens, and in which every one is as told.
async fn world_of_access_tokens(mount: &'static dyn Mount) -> World {
    World::with(mount, |rp| {
        let access_tokens = rp.client().provider().resource_server(DASHBOARD).build().expect("an API");
        rp.authority_from_access_tokens(access_tokens)
    })
    .await
}

fn issue(world: &World, alter: impl FnOnce(&mut Value)) {
    let token = world.provider().access_token(DASHBOARD, alter);
    world.provider().alter_token_answer(move |answer| answer["access_token"] = json!(token));
}

async fn an_access_token_can_tell_what_the_user_may_do(mount: &'static dyn Mount) -> World {
    let world = world_of_access_tokens(mount).await;
    world.provider().describe("alice", json!({ "permissions": ["orders:write"], "email_verified": true }));
    issue(&world, |claims| claims["roles"] = json!(["admin"]));
    let alice = world.login("alice").await;
    assert_eq!(code(&world, &alice, "/needs/role").await, "");
    assert_eq!(code(&world, &alice, "/needs/email").await, "", "who it is, the ID token tells");
    assert_eq!(
        code(&world, &alice, "/needs/permission").await,
        "guard.forbidden",
        "the ID token does not count"
    );

    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    issue(&world, |claims| claims["permissions"] = json!(["orders:write"]));
    alice.api(&world, "/api/token").await;
    assert_eq!(code(&world, &alice, "/needs/role").await, "guard.forbidden", "taken away");
    assert_eq!(code(&world, &alice, "/needs/permission").await, "");

    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    issue(&world, |claims| {
        claims["permissions"] = json!(["orders:write"]);
        claims["sub"] = json!("bob");
    });
    alice.api(&world, "/api/token").await;
    assert_eq!(code(&world, &alice, "/needs/permission").await, "guard.forbidden", "of another user");
    assert_eq!(code(&world, &alice, "/api/me").await, "", "the session lives");
    world
}

async fn an_access_token_of_another_user_makes_no_session(mount: &'static dyn Mount) -> World {
    let world = world_of_access_tokens(mount).await;
    issue(&world, |claims| claims["sub"] = json!("bob"));
    refuses(&world, "login.foreign_access_token").await;
    world
}

async fn an_access_token_that_is_refused_makes_no_session(mount: &'static dyn Mount) -> World {
    let world = world_of_access_tokens(mount).await;
    issue(&world, |claims| claims["aud"] = json!("https://api.acme.example"));
    refuses(&world, "rs.audience").await;
    world
}

async fn refuses(world: &World, expected: &str) {
    let alice = Browser::new("alice");
    let callback = alice.start_login(world, "/auth/login").await;
    world.settle().await;
    let before = world.snapshot().await;
    let answer = alice.page(world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, expected));
    let calls = scenarios::Calls { revocation: 1, ..scenarios::Calls::TOKEN };
    let after = world.snapshot().await;
    assert_eq!((&after.state, after.writes), (&before.state, before.writes));
    let made = after.calls - before.calls;
    assert_eq!(scenarios::Calls { keys: 0, ..made }, calls, "keys may be read anew");
    assert_eq!(alice.cookies(world), []);
}
