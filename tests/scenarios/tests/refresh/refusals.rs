//! What the provider refuses: the session is over, or it is not.

use std::time::Duration;

use scenarios::{
    Axum, Call, Calls, Mount, World, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
};

use crate::support::{ask, code, refused, renewed, world_with_a_due_session};

on_every_mount! {
    d17_a_revoked_grant_ends_the_session_on_every_node
    d19_a_client_error_keeps_the_session
}

async fn d17_a_revoked_grant_ends_the_session_on_every_node(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let bob = world.login("bob").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().log_out(&alice);
    let before = world.calls();
    assert_eq!(refused(&alice, &world).await, (401, "refresh.revoked".into()));
    assert_eq!(world.calls() - before, Calls::TOKEN);
    for node in [&world, &second] {
        assert_eq!(alice.page(node, "/").await.text(), "hello stranger");
        assert_eq!(refused(&alice, node).await, (401, "auth.required".into()));
    }
    assert_eq!(world.calls() - before, Calls::TOKEN, "asked once");
    let owners: Vec<_> = world.state().await.sessions.into_iter().map(|(owner, _)| owner).collect();
    assert_eq!(owners, ["dashboard/bob"], "no list shows it any more");
    renewed(&bob, &world).await;
    world
}

async fn d19_a_client_error_keeps_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for error in ["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"] {
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        world.provider().fault(Call::Token, move || fault::oauth_error(error));
        let before = world.calls();
        assert_eq!(refused(&alice, &world).await, (500, "refresh.client_error".into()), "{error}");
        assert_eq!(world.calls() - before, Calls::TOKEN, "{error}");
        assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice", "{error}");
        world.provider().repair(Call::Token);
        world.advance(Duration::from_secs(1));
        renewed(&alice, &world).await;
    }
    world
}

/// The session is over for those who wait too, and each of them learns why.
#[tokio::test(start_paused = true)]
async fn d17_everybody_who_waits_learns_of_the_end() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().log_out(&alice);
    let before = world.calls();
    let session = alice.session(&world).await;
    let tasks: Vec<_> = (0..10).map(|_| ask(&session)).collect();
    for task in tasks {
        assert_eq!(code(task.await.unwrap()), "refresh.revoked");
    }
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

/// `invalid_grant` while another attempt may still succeed is no end.
#[tokio::test(start_paused = true)]
async fn h04_invalid_grant_beside_an_open_attempt_waits() {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    std::mem::forget(
        world
            .store()
            .stall_next(vestibule_web::conformance::Verb::Renew, vestibule_web::conformance::Moment::Before),
    );
    let held = world.provider().hold(Call::Token);
    let first = ask(&alice.session(&world).await);
    held.reached().await;
    world.let_time_run();
    for _ in 0..3 {
        assert_eq!(refused(&alice, &second).await, (503, "refresh.busy".into()));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(world.state().await.sessions.len(), 1);
    held.release();
    assert_eq!(first.await.unwrap().unwrap(), renewed(&alice, &second).await);
}

/// A session that has no refresh token ends its access token's life as a session still.
#[tokio::test(start_paused = true)]
async fn d18_without_a_refresh_token_only_the_access_token_ends() {
    let world = World::with(&Axum, |rp| rp.scopes(["profile"])).await;
    let alice = world.login("alice").await;
    let before = world.calls();
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME - 10));
    renewed(&alice, &world).await;
    world.advance(Duration::from_secs(10));
    assert_eq!(refused(&alice, &world).await, (401, "session.no_access_token".into()));
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    assert_eq!(world.calls(), before);
}
