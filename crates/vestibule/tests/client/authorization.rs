//! Rows C13 and C25: what an authorization request carries, and what nobody can change about it.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use vestibule::{
    AuthorizationRequest, ClientSecret, ConfigError, Diagnose, Disposition, OsRandom, Prompt, Provider,
    Random, RandomError, RedirectUri,
};

use crate::support::{CLIENT, SECRET, World, callback_query, code, parameters, verdict};

#[tokio::test]
async fn c13_every_request_has_state_nonce_and_s256() {
    let world = World::new();
    let start = world.begin().await;
    let sent = parameters(&start);
    assert_eq!(start.url.as_str().split('?').next(), Some("https://op.example/authorize"));
    assert_eq!(sent["response_type"], "code");
    assert_eq!(sent["client_id"], CLIENT);
    assert_eq!(sent["redirect_uri"], "https://app.example/auth/callback");
    assert_eq!(sent["scope"], "openid");
    assert_eq!(sent["code_challenge_method"], "S256");
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&sent[name]).unwrap().len(), 32, "{name} has 256 bits");
    }
    assert_eq!(sent.len(), 8, "and nothing else: {sent:?}");
}

#[tokio::test]
async fn c13_the_verifier_that_is_sent_made_the_challenge() {
    let world = World::new();
    let start = world.begin().await;
    let challenge = parameters(&start)["code_challenge"].clone();
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    world.op.take();
    world.complete(start).await.unwrap();
    let verifier = world.op.take()[0].field("code_verifier").unwrap();
    assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), challenge);
    assert_eq!(verifier.len(), 43);
}

#[tokio::test]
async fn c13_no_value_is_used_twice() {
    let world = World::new();
    let mut seen = BTreeSet::new();
    for _ in 0..100 {
        let start = world.begin().await;
        let sent = parameters(&start);
        for name in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(sent[name].clone()), "{name} repeats");
        }
        assert!(!start.url.as_str().contains(&verifier(&start)), "the verifier stays here");
    }
}

fn verifier(start: &vestibule::LoginStart) -> String {
    let stored: serde_json::Value = serde_json::from_slice(&start.pending.to_bytes()).unwrap();
    stored["v"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn c13_a_provider_without_s256_is_refused() {
    for methods in [json!(["plain"]), json!(["s256"]), json!([])] {
        let world = World::with_metadata(&[("code_challenge_methods_supported", methods.clone())]);
        let verdict = verdict(world.client.begin_login(&world.request()).await);
        assert_eq!(verdict, ("config.pkce", Disposition::Config), "{methods}");
    }
    let world = World::with_metadata(&[("code_challenge_methods_supported", json!(["plain", "S256"]))]);
    assert_eq!(parameters(&world.begin().await)["code_challenge_method"], "S256");
}

#[tokio::test]
async fn c13_a_provider_that_says_nothing_of_pkce_gets_it_all_the_same() {
    let world = World::new();
    let metadata = crate::support::without(world.metadata(), "code_challenge_methods_supported");
    world.publish(&metadata);
    assert_eq!(parameters(&world.begin().await)["code_challenge_method"], "S256");
}

#[test]
fn c25_the_protocols_own_parameters_cannot_be_given() {
    for name in [
        "",
        "client_id",
        "client_assertion",
        "client_assertion_type",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "id_token_hint",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    ] {
        let refused = World::new().request().parameter(name, "x");
        assert_eq!(refused, Err(ConfigError::ReservedParameter), "{name}");
    }
    assert_eq!(ConfigError::ReservedParameter.code(), "config.reserved_param");
}

#[test]
fn c25_what_has_a_setting_of_its_own_is_set_there() {
    for name in [
        "acr_values",
        "connection_id",
        "domain",
        "domain_hint",
        "login_hint",
        "max_age",
        "organization_id",
        "prompt",
        "provider",
        "ui_locales",
    ] {
        let refused = World::new().request().parameter(name, "x");
        assert_eq!(refused, Err(ConfigError::ReservedParameter), "{name}");
    }
}

#[tokio::test]
async fn c25_values_cannot_break_out_of_their_parameter() {
    let world = World::new();
    let evil = "x&client_id=evil&redirect_uri=https%3A%2F%2Fevil.example#&state=1 +%";
    let request = world
        .request()
        .login_hint(evil)
        .organization_id(evil)
        .scopes([evil])
        .parameter("audience", evil)
        .unwrap()
        .parameter("a&state=b", "c")
        .unwrap();
    let sent = parameters(&world.client.begin_login(&request).await.unwrap());
    assert_eq!(sent["client_id"], CLIENT);
    assert_eq!(sent["redirect_uri"], "https://app.example/auth/callback");
    assert_eq!(sent["login_hint"], evil);
    assert_eq!(sent["organization_id"], evil);
    assert_eq!(sent["audience"], evil);
    assert_eq!(sent["a&state=b"], "c");
}

#[tokio::test]
async fn c25_the_last_setting_counts() {
    let world = World::new();
    let request = world
        .request()
        .prompt(Prompt::Login)
        .prompt(Prompt::None)
        .parameter("audience", "a")
        .unwrap()
        .parameter("audience", "b")
        .unwrap();
    let sent = parameters(&world.client.begin_login(&request).await.unwrap());
    assert_eq!((sent["prompt"].as_str(), sent["audience"].as_str()), ("none", "b"));
}

#[test]
fn c26_a_redirect_uri_is_absolute_and_without_fragment() {
    for odd in [
        "/auth/callback",
        "https://app.example/auth/callback#",
        "https://app.example/auth/callback#x",
        "https://user@app.example/auth/callback",
        "https://@app.example/auth/callback",
        "https://app.example\\@evil.example/",
        " https://app.example/",
        "https:app.example/",
        "myapp://callback",
    ] {
        assert_eq!(RedirectUri::new(odd), Err(ConfigError::RedirectUri), "{odd:?}");
    }
    for fine in ["https://app.example/cb?a=b", "https://app.example/@me", "http://127.0.0.1:3000/cb"] {
        assert_eq!(RedirectUri::new(fine).unwrap().as_str(), fine);
    }
    assert_eq!(ConfigError::RedirectUri.code(), "config.redirect_uri");
}

#[tokio::test]
async fn typed_parameters_are_sent_under_their_names() {
    let world = World::new();
    let request = world
        .request()
        .scopes(["profile email", "openid", " custom:read "])
        .prompt(Prompt::SelectAccount)
        .max_age(Duration::from_secs(300))
        .require_acr(["urn:mfa", "urn:hw"])
        .login_hint("alice@acme.example")
        .ui_locales("de en")
        .organization_id("org_42")
        .connection_id("conn_7")
        .social_provider("google")
        .domain_hint("acme.example");
    let sent = parameters(&world.client.begin_login(&request).await.unwrap());
    for (name, value) in [
        ("scope", "openid profile email custom:read"),
        ("prompt", "select_account"),
        ("max_age", "300"),
        ("acr_values", "urn:mfa urn:hw"),
        ("login_hint", "alice@acme.example"),
        ("ui_locales", "de en"),
        ("organization_id", "org_42"),
        ("connection_id", "conn_7"),
        ("provider", "google"),
        ("domain_hint", "acme.example"),
        ("domain", "acme.example"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
    assert_eq!(sent.len(), 7 + 11);
}

#[tokio::test]
async fn prompts_have_the_names_of_their_specifications() {
    let world = World::new();
    for (prompt, name) in [
        (Prompt::None, "none"),
        (Prompt::Login, "login"),
        (Prompt::Consent, "consent"),
        (Prompt::SelectAccount, "select_account"),
        (Prompt::Create, "create"),
    ] {
        let start = world.client.begin_login(&world.request().prompt(prompt)).await.unwrap();
        assert_eq!(parameters(&start)["prompt"], name);
    }
}

#[tokio::test]
async fn offline_access_is_asked_where_it_exists() {
    for (scopes, expected) in [
        (json!(["openid", "offline_access"]), "openid profile offline_access"),
        (json!(["openid", "profile"]), "openid profile"),
    ] {
        let world = World::with_metadata(&[("scopes_supported", scopes)]);
        let request = world.request().scopes(["profile", "offline_access"]);
        assert_eq!(parameters(&world.client.begin_login(&request).await.unwrap())["scope"], expected);
    }
    let world = World::new();
    let start = world.client.begin_login(&world.request().scopes(["offline_access"])).await.unwrap();
    assert_eq!(parameters(&start)["scope"], "openid offline_access", "a silent provider may know it");
}

#[tokio::test]
async fn a_refresh_token_is_asked_for_the_way_the_provider_wants_it() {
    let listed = json!(["openid", "profile", "offline_access"]);
    let keycloak = json!("https://op.example/protocol/openid-connect/auth");
    let alike = json!("https://op.example/elsewhere/protocol/openid-connect/auth");
    for (members, expected) in [
        (vec![], "openid profile offline_access"),
        (vec![("scopes_supported", listed.clone())], "openid profile offline_access"),
        (vec![("scopes_supported", json!(["openid", "profile"]))], "openid profile"),
        (
            vec![("scopes_supported", listed.clone()), ("authorization_endpoint", keycloak.clone())],
            "openid profile",
        ),
        (vec![("authorization_endpoint", alike)], "openid profile offline_access"),
    ] {
        let world = World::with_metadata(&members);
        let request = world.request().scopes(["profile"]).refresh_token();
        let start = world.client.begin_login(&request).await.unwrap();
        assert_eq!(parameters(&start)["scope"], expected, "{members:?}");
    }
    let world = World::with_metadata(&[("authorization_endpoint", keycloak)]);
    let request = world.request().scopes(["offline_access"]).refresh_token();
    let start = world.client.begin_login(&request).await.unwrap();
    assert_eq!(parameters(&start)["scope"], "openid offline_access", "an application that names it means it");
}

#[tokio::test]
async fn no_acr_demanded_is_no_parameter() {
    let world = World::new();
    let start = world.client.begin_login(&world.request().require_acr([""; 0])).await.unwrap();
    assert!(!parameters(&start).contains_key("acr_values"));
}

#[tokio::test]
async fn a25_what_was_asked_for_is_held_against_the_answer() {
    let world = World::new();
    let request: AuthorizationRequest = world.request().require_acr(["urn:mfa"]);
    let start = world.client.begin_login(&request).await.unwrap();
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    assert_eq!(code(world.complete(start).await), "id_token.auth_insufficient");

    let start = world.client.begin_login(&world.request().max_age(Duration::from_secs(60))).await.unwrap();
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    assert_eq!(code(world.complete(start).await), "id_token.auth_insufficient");
}

#[tokio::test]
async fn a_registration_that_cannot_be_right_is_told_before_anything_is_sent() {
    let world = World::new();
    for (client_id, secret, expected) in [
        ("", SECRET, "config.client_id"),
        ("dash\nboard", SECRET, "config.client_id"),
        ("d\u{e4}shboard", SECRET, "config.client_id"),
        (CLIENT, "", "config.client_secret"),
    ] {
        let client = world.provider.web_app(client_id, ClientSecret::new(secret));
        assert_eq!(verdict(client.begin_login(&world.request()).await), (expected, Disposition::Config));
    }
    assert!(world.op.heard().is_empty());
}

#[derive(Debug)]
struct NoRandom;

impl Random for NoRandom {
    fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError)
    }
}

#[tokio::test]
async fn h20_without_randomness_there_is_no_login() {
    let world = World::new();
    let builder = Provider::builder(world.issuer.issuer()).unwrap().transport(world.op.transport());
    let client = builder.random(NoRandom).build().unwrap().web_app(CLIENT, ClientSecret::new(SECRET));
    let verdict = verdict(client.begin_login(&world.request()).await);
    assert_eq!(verdict, ("random.failed", Disposition::Retry));
}

#[tokio::test]
async fn the_systems_randomness_makes_whole_logins() {
    let world = World::new();
    let builder = Provider::builder(world.issuer.issuer()).unwrap().transport(world.op.transport());
    let provider = builder.clock(world.clock.clone()).random(OsRandom).build().unwrap();
    let client = provider.web_app(CLIENT, ClientSecret::new(SECRET));
    let start = client.begin_login(&world.request()).await.unwrap();
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let callback = vestibule::Callback::parse(&callback_query(&start)).unwrap();
    assert_eq!(client.complete_login(start.pending, &callback).await.unwrap().id_token.subject(), "alice");
}
