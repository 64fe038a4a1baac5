//! Applications on users' machines: no secret, PKCE always, loopback redirects (RFC 8252).

use serde_json::json;
use vestibule_dev_idp::{Application, EventKind};

use crate::support::{Answer, Authorization, CLI, Tokens, VERIFIER, World, claims, cli};

const CALLBACK: &str = "http://127.0.0.1:49152/callback/c2VjcmV0";

fn authorization(redirect_uri: &str) -> Authorization {
    Authorization::of(CLI).with("redirect_uri", redirect_uri)
}

fn exchange<'a>(code: &'a str, redirect_uri: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", VERIFIER),
    ]
}

async fn tokens(world: &World) -> Tokens {
    let code = world.sign_in(&authorization(CALLBACK), "alice").await.callback()["code"].clone();
    Tokens::read(&world.token_for_cli(&exchange(&code, CALLBACK)).await)
}

#[tokio::test]
async fn a_native_application_signs_in_refreshes_and_revokes_without_a_secret() {
    let world = World::new();
    let first = tokens(&world).await;
    let second = [("grant_type", "refresh_token"), ("refresh_token", &first.refresh_token)];
    let second = Tokens::read(&world.token_for_cli(&second).await);
    let revocation = [("token", second.refresh_token.as_str()), ("client_id", CLI)];
    assert_eq!(world.post("/revoke", &revocation).await.status, 200);
    let again = [("grant_type", "refresh_token"), ("refresh_token", &second.refresh_token)];
    assert_eq!(world.token_for_cli(&again).await.error(), "invalid_grant");
}

#[tokio::test]
async fn it_shares_the_session_of_the_browser() {
    let world = World::new();
    let dashboard = world.tokens("dashboard", "alice").await;
    let mut events = world.idp.events();
    let code = world.authorize(&authorization(CALLBACK)).await.callback()["code"].clone();
    let cli = Tokens::read(&world.token_for_cli(&exchange(&code, CALLBACK)).await);
    let without_a_prompt = EventKind::SingleSignOn { user: "alice".to_owned(), client: CLI.to_owned() };
    assert!(events.drain().contains(&without_a_prompt));
    world.log_out(&dashboard).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", cli.refresh_token.as_str())];
    assert_eq!(world.token_for_cli(&refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn every_port_will_do_and_every_name_under_the_path() {
    let world = World::new();
    for good in [
        "http://127.0.0.1:1/callback/a",
        "http://127.0.0.1:65535/callback/-_9",
        "http://[::1]:49152/callback",
        "example.acme.cli:/callback",
    ] {
        let location = world.sign_in(&authorization(good), "alice").await.location();
        assert!(location.as_str().starts_with(good), "{location}");
    }
    for bad in [
        "http://localhost:49152/callback/a",
        "http://127.0.0.1/callback/a",
        "http://127.0.0.1:49152/callback",
        "http://127.0.0.1:49152/callback/a/b",
        "http://[::1]:49152/callback/a",
        "http://127.0.0.1:49152@evil.example/callback/a",
        "example.acme.cli:/other",
        "example.acme.other:/callback",
    ] {
        let answer = world.authorize(&authorization(bad)).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{bad}");
    }
    let code = world.sign_in(&authorization(CALLBACK), "alice").await.callback()["code"].clone();
    let other_port = CALLBACK.replace("49152", "49153");
    assert_eq!(world.token_for_cli(&exchange(&code, &other_port)).await.error(), "invalid_grant");
    Tokens::read(&world.token_for_cli(&exchange(&code, CALLBACK)).await);
}

#[tokio::test]
async fn pkce_is_forced_whatever_the_rules_say() {
    let world = World::with(|builder| builder.require_pkce(false));
    let without = authorization(CALLBACK).without("code_challenge").without("code_challenge_method");
    assert_eq!(world.authorize(&without).await.callback()["error"], "invalid_request");
}

#[tokio::test]
async fn a_secret_is_refused() {
    let world = World::new();
    let mut events = world.idp.events();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "rt_x")];
    assert_eq!(world.token_for_cli(&form).await.error(), "invalid_grant", "it is known without a secret");
    let in_form = [&form[..], &[("client_id", CLI), ("client_secret", "guess")]].concat();
    let in_header = world.browser.post(world.url("/token")).basic_auth(CLI, Some("")).form(&form);
    for answer in [world.post("/token", &in_form).await, Answer::read(in_header.send().await.unwrap()).await]
    {
        assert_eq!((answer.status, answer.error()), (401, "invalid_client".to_owned()));
    }
    let refusals =
        events.drain().into_iter().filter(|event| matches!(event, EventKind::ClientRefused { .. }));
    assert_eq!(refusals.count(), 2);
}

#[tokio::test]
async fn an_application_with_a_secret_cannot_do_without() {
    let world = World::new();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "rt_x"), ("client_id", "dashboard")];
    let answer = world.post("/token", &form).await;
    assert_eq!((answer.status, answer.error()), (401, "invalid_client".to_owned()));
    let revocation = [("token", "rt_x"), ("client_id", "dashboard")];
    assert_eq!(world.post("/revoke", &revocation).await.error(), "invalid_client");
}

#[tokio::test]
async fn access_tokens_are_for_the_api_that_it_calls() {
    let world = World::new();
    world.idp.register(cli().access_token_audience("dashboard")).unwrap();
    let tokens = tokens(&world).await;
    let access = claims(&tokens.access_token);
    assert_eq!((access["aud"].as_str(), access["client_id"].as_str()), (Some("dashboard"), Some(CLI)));
    assert_eq!(claims(&tokens.id_token)["aud"], json!([CLI]));
}

#[tokio::test]
async fn it_is_sent_back_after_logout_on_any_port() {
    let world = World::new();
    let tokens = tokens(&world).await;
    let done = "http://127.0.0.1:49152/done";
    let query = format!("id_token_hint={}&post_logout_redirect_uri={done}", tokens.id_token);
    assert_eq!(world.get(&format!("/end_session?{query}")).await.location().as_str(), done);
}

#[test]
fn what_a_native_application_cannot_have_is_refused() {
    let refused = |application: Application| {
        let idp = vestibule_dev_idp::DevIdp::builder().start().unwrap();
        idp.register(application).unwrap_err().code()
    };
    assert_eq!(refused(cli().secret("s")), "application.not_for_native");
    assert_eq!(refused(cli().redirect_uri("http://localhost/callback")), "application.redirect_uri");
    assert_eq!(refused(cli().redirect_uri("acme:/callback")), "application.redirect_uri");
}
