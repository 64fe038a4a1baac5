//! G13: the token of an ended session.

use std::time::Duration;

use scenarios::{API, Mount, Request, World, on_every_mount};
use serde_json::{Value, json};

use crate::support::with_token;

on_every_mount! {
    g13_a_logout_ends_the_tokens_of_its_session
    g13_a_later_token_lives
    g13_services_and_other_users_are_spared
    g13_an_outage_of_the_store_lets_nobody_in
    g13_the_first_minute_of_a_store_lets_fresh_tokens_in
    g13_the_first_second_of_a_store_lets_fresh_tokens_in
    g13_the_first_minute_of_a_store_misses_no_logout
}

/// Time enough that the store is older than any allowance for clocks.
async fn a_while_later(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("bob").await;
    world.advance(Duration::from_secs(600));
    world
}

fn token(world: &World, sid: Value) -> String {
    world.provider().access_token(API, |claims| claims["sid"] = sid)
}

async fn hear(world: &World, alter: impl FnOnce(&mut Value)) {
    let notice = world.provider().logout_token("dashboard", alter);
    assert_eq!(world.receive(Request::logout_token(&notice)).await.status, 200);
}

async fn code(world: &World, token: &str) -> String {
    let answer = world.receive(with_token(token)).await;
    assert_eq!(answer.status, if answer.code().is_empty() { 200 } else { 401 });
    answer.code()
}

async fn g13_a_logout_ends_the_tokens_of_its_session(mount: &'static dyn Mount) -> World {
    let world = a_while_later(mount).await;
    let (here, elsewhere) = (token(&world, json!("sid-1")), token(&world, json!("sid-2")));
    let unseen = token(&world, json!("sid-1"));
    assert_eq!(code(&world, &here).await, "");
    hear(&world, |claims| {
        claims.as_object_mut().unwrap().remove("sub");
    })
    .await;
    for token in [&here, &unseen] {
        assert_eq!(code(&world, token).await, "rs.revoked", "though its verification is remembered");
    }
    assert_eq!(code(&world, &elsewhere).await, "");
    hear(&world, |claims| {
        claims.as_object_mut().unwrap().remove("sid");
    })
    .await;
    assert_eq!(code(&world, &elsewhere).await, "rs.revoked", "by sub");
    world
}

async fn g13_a_later_token_lives(mount: &'static dyn Mount) -> World {
    let world = a_while_later(mount).await;
    hear(&world, |_| ()).await;
    assert_eq!(
        code(&world, &token(&world, json!("sid-1"))).await,
        "rs.revoked",
        "within the allowance for clocks"
    );
    world.advance(Duration::from_secs(61));
    assert_eq!(code(&world, &token(&world, json!("sid-1"))).await, "");
    world
}

async fn g13_services_and_other_users_are_spared(mount: &'static dyn Mount) -> World {
    let world = a_while_later(mount).await;
    let service = world.provider().access_token(API, |claims| claims["sub"] = json!("dashboard"));
    let bob = world.provider().access_token(API, |claims| {
        claims["sub"] = json!("bob");
        claims["sid"] = json!("sid-b");
    });
    hear(&world, |_| ()).await;
    for token in [service, bob] {
        assert_eq!(code(&world, &token).await, "");
    }
    world
}

async fn g13_an_outage_of_the_store_lets_nobody_in(mount: &'static dyn Mount) -> World {
    let world = a_while_later(mount).await;
    let token = token(&world, json!("sid-1"));
    assert_eq!(code(&world, &token).await, "");
    world.store().outage(true);
    let answer = world.receive(with_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"));
    world.store().outage(false);
    assert_eq!(code(&world, &token).await, "");
    world
}

async fn g13_the_first_minute_of_a_store_lets_fresh_tokens_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let fresh = token(&world, json!("sid-1"));
    assert_eq!(code(&world, &fresh).await, "");
    let older = world.provider().access_token(API, |claims| {
        claims["iat"] = json!(claims["iat"].as_u64().unwrap() - 10);
    });
    assert_eq!(code(&world, &older).await, "rs.revoked", "nobody knows what was heard before");
    world
}

/// Times in tokens are whole seconds: one that is less than a second old can look a second old, and older than the store.
async fn g13_the_first_second_of_a_store_lets_fresh_tokens_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("bob").await;
    world.advance(Duration::from_millis(100));
    let tokens = [token(&world, json!("sid-1")), token(&world, json!("sid-2"))];
    world.advance(Duration::from_millis(100));
    hear(&world, |claims| claims["sid"] = json!("sid-2")).await;
    for _ in 0..10 {
        world.advance(Duration::from_millis(130));
        assert_eq!(code(&world, &tokens[0]).await, "", "it is younger than the store");
        assert_eq!(code(&world, &tokens[1]).await, "rs.revoked", "and yet the store has heard of a logout");
    }
    world
}

async fn g13_the_first_minute_of_a_store_misses_no_logout(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.advance(Duration::from_secs(10));
    let token = token(&world, json!("sid-1"));
    world.advance(Duration::from_millis(200));
    hear(&world, |_| ()).await;
    world.advance(Duration::from_millis(200));
    assert_eq!(code(&world, &token).await, "rs.revoked", "though both happened in one second");
    world
}
