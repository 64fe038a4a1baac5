//! Services (RFC 6749 section 4.4), and what is true of access tokens (RFC 7662).

use std::time::Duration;

use serde_json::json;
use vestibule_dev_idp::{Application, EventKind};

use crate::support::{CLI, World, application, claims, secret};

const BATCH: &str = "batch";

fn batch() -> Application {
    Application::service(BATCH, secret(BATCH))
        .api_scope("orders:read")
        .api_scope("orders:write")
        .access_token_audience("https://api.acme.example")
}

fn asking(scope: &str) -> [(&'static str, &str); 2] {
    [("grant_type", "client_credentials"), ("scope", scope)]
}

#[tokio::test]
async fn a_service_gets_a_token_for_itself() {
    let world = World::with(|builder| builder.application(batch()));
    let mut events = world.idp.events();
    let answer = world.token(BATCH, &asking("orders:read")).await.json();
    for absent in ["refresh_token", "id_token"] {
        assert_eq!(answer.get(absent), None);
    }
    assert_eq!((&answer["scope"], &answer["expires_in"]), (&json!("orders:read"), &json!(300)));
    let token = answer["access_token"].as_str().unwrap();
    let access = claims(token);
    for (name, value) in [("sub", BATCH), ("client_id", BATCH), ("aud", "https://api.acme.example")] {
        assert_eq!(access[name], value);
    }
    assert_eq!(world.userinfo(token).await.status, 401, "there is no user");
    assert!(events.drain().contains(&EventKind::ServiceTokenIssued { client: BATCH.to_owned() }));
    let everything = world.token(BATCH, &asking("")).await.json();
    assert_eq!(everything["scope"], "orders:read orders:write");
}

#[tokio::test]
async fn only_a_service_gets_one_and_only_what_it_is_registered_for() {
    let world = World::with(|builder| builder.application(batch()));
    assert_eq!(world.token(BATCH, &asking("orders:read admin")).await.error(), "invalid_scope");
    assert_eq!(world.token("dashboard", &asking("")).await.error(), "unauthorized_client");
    assert_eq!(world.token_for_cli(&asking("")).await.error(), "unauthorized_client");
}

#[tokio::test]
async fn users_may_grant_api_scopes_too() {
    let world = World::new();
    let before = world.tokens("dashboard", "alice").await;
    assert_eq!(before.answer["scope"], "email offline_access openid profile");
    world.idp.register(application("dashboard").api_scope("orders:read")).unwrap();
    let request = crate::support::Authorization::of("dashboard").with("scope", "openid orders:read admin");
    let code = world.authorize(&request).await.callback()["code"].clone();
    let answer = world.exchange("dashboard", &code).await.json();
    assert_eq!(answer["scope"], "openid orders:read");
    assert_eq!(claims(answer["access_token"].as_str().unwrap())["scope"], "openid orders:read");
}

#[tokio::test]
async fn introspection_tells_whether_a_token_is_good_now() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let ask = async |token: &str| {
        let form = [("token", token), ("client_id", "docs"), ("client_secret", &secret("docs"))];
        world.post("/introspect", &form).await.json()
    };
    let told = ask(&tokens.access_token).await;
    let access = claims(&tokens.access_token);
    for name in ["iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope", "sid"] {
        assert_eq!(told[name], access[name], "{name}");
    }
    assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("Bearer")));

    let inactive = json!({ "active": false });
    for other in [&tokens.id_token, &tokens.refresh_token, &format!("{}x", tokens.access_token)] {
        assert_eq!(ask(other).await, inactive);
    }
    world.idp.clock().advance(Duration::from_secs(300));
    assert_eq!(ask(&tokens.access_token).await, inactive, "it has expired");
    let again = world.tokens("dashboard", "alice").await;
    world.log_out(&again).await;
    assert_eq!(ask(&again.access_token).await, inactive, "she has logged out");
    assert_eq!(world.idp.requests().introspect, 6);
}

#[tokio::test]
async fn introspection_is_for_applications_with_a_secret() {
    let world = World::new();
    for form in [&[("token", "t")][..], &[("token", "t"), ("client_id", CLI)]] {
        let refused = world.post("/introspect", form).await;
        assert_eq!((refused.status, refused.error()), (401, "invalid_client".to_owned()));
    }
}
