//! Refresh tokens: rotation, reuse, grace, the end of the session.

use std::time::Duration;

use vestibule_dev_idp::EventKind;

use crate::support::{Tokens, World, claims};

#[tokio::test]
async fn each_refresh_rotates_the_token() {
    let world = World::new();
    let first = world.tokens("dashboard", "alice").await;
    world.idp.clock().advance(Duration::from_secs(600));
    let second = Tokens::read(&world.refresh("dashboard", &first.refresh_token).await);
    assert_ne!(second.refresh_token, first.refresh_token);
    assert_ne!(second.access_token, first.access_token);
    let (before, after) = (claims(&first.id_token), claims(&second.id_token));
    for kept in ["iss", "sub", "aud", "sid", "auth_time"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    assert!(after.get("nonce").is_none());
    assert_eq!(after["iat"].as_i64().unwrap(), before["iat"].as_i64().unwrap() + 600);
    Tokens::read(&world.refresh("dashboard", &second.refresh_token).await);
}

#[tokio::test]
async fn a_token_used_twice_kills_its_family() {
    let world = World::new();
    let mut events = world.idp.events();
    let first = world.tokens("dashboard", "alice").await;
    let second = Tokens::read(&world.refresh("dashboard", &first.refresh_token).await);
    let reused = world.refresh("dashboard", &first.refresh_token).await;
    assert_eq!((reused.status, reused.error()), (400, "invalid_grant".to_owned()));
    assert_eq!(world.refresh("dashboard", &second.refresh_token).await.error(), "invalid_grant");
    assert_eq!(world.userinfo(&second.access_token).await.status, 401);
    let refused = |event: &EventKind| matches!(event, EventKind::RefreshRefused { .. });
    assert_eq!(events.drain().iter().filter(|event| refused(event)).count(), 2);
}

#[tokio::test]
async fn within_the_grace_a_token_may_be_used_again() {
    let world = World::with(|builder| builder.refresh_grace(Duration::from_secs(30)));
    let first = world.tokens("dashboard", "alice").await;
    Tokens::read(&world.refresh("dashboard", &first.refresh_token).await);
    world.idp.clock().advance(Duration::from_secs(30));
    Tokens::read(&world.refresh("dashboard", &first.refresh_token).await);
    world.idp.clock().advance(Duration::from_secs(1));
    assert_eq!(world.refresh("dashboard", &first.refresh_token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_dies_with_the_session() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    world.log_out(&tokens).await;
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
    assert_eq!(world.userinfo(&tokens.access_token).await.status, 401);
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_application() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    assert_eq!(world.refresh("docs", &tokens.refresh_token).await.error(), "invalid_grant");
    Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
}

#[tokio::test]
async fn the_scope_can_only_shrink() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let form =
        |scope| [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh_token), ("scope", scope)];
    assert_eq!(world.token("dashboard", &form("openid admin")).await.error(), "invalid_scope");
    assert_eq!(world.token("dashboard", &form("openid email")).await.status, 200);
}

#[tokio::test]
async fn the_id_token_of_a_refresh_can_be_switched_off() {
    let world = World::with(|builder| builder.id_token_on_refresh(false));
    let tokens = world.tokens("dashboard", "alice").await;
    let refreshed = world.refresh("dashboard", &tokens.refresh_token).await;
    assert!(refreshed.json().get("id_token").is_none());
    assert!(refreshed.json().get("refresh_token").is_some());
}
