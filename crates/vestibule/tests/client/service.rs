//! The client credentials grant (RFC 6749 section 4.4).

use http::header;
use serde_json::json;
use vestibule::{
    ClientCredentials, ClientSecret, Diagnose, Disposition,
    testing::json_response,
    transport::{TransportError, TransportErrorKind},
};

use crate::support::{
    SECRET, UNUSABLE_TOKEN_ANSWERS, World, raw, redirect, retry_later, token_answer, unreachable, verdict,
};

#[tokio::test]
async fn a_service_is_granted_a_token_for_itself() {
    let world = World::new();
    world.op.respond("/token", token_answer(None));
    let nightly = world.provider.service("nightly", ClientSecret::new(SECRET));
    let wanted = ClientCredentials::new()
        .scopes(["reports:read reports:write"])
        .resource("https://api.acme.example")
        .resource("https://files.acme.example")
        .parameter("audience", "https://api.acme.example")
        .unwrap();
    let tokens = nightly.client_credentials(&wanted).await.unwrap();
    assert_eq!(tokens.access_token.expose(), "at-1");
    let sent = world.op.take().pop().unwrap();
    assert!(sent.header(header::AUTHORIZATION).unwrap().starts_with("Basic "));
    let expected = "grant_type=client_credentials&scope=reports%3Aread+reports%3Awrite\
        &resource=https%3A%2F%2Fapi.acme.example&resource=https%3A%2F%2Ffiles.acme.example\
        &audience=https%3A%2F%2Fapi.acme.example";
    assert_eq!(sent.body, expected);
}

#[tokio::test]
async fn c25_extra_parameters_cannot_override_the_protocols() {
    for name in
        ["grant_type", "client_id", "client_secret", "client_assertion", "scope", "resource", "code", ""]
    {
        let refused = ClientCredentials::new().parameter(name, "x").unwrap_err();
        assert_eq!(refused.code(), "config.reserved_param", "{name}");
    }
    let twice =
        ClientCredentials::new().parameter("audience", "a").unwrap().parameter("audience", "b").unwrap();
    assert_eq!(twice, ClientCredentials::new().parameter("audience", "b").unwrap());
    assert_eq!(ClientCredentials::new().scopes(["a"]).scopes([""; 0]), ClientCredentials::new());
}

#[tokio::test]
async fn a_service_that_cannot_be_right_sends_nothing() {
    let world = World::new();
    for (client_id, secret, code) in [
        ("", SECRET, "config.client_id"),
        ("nightly\n", SECRET, "config.client_id"),
        ("nightly", "", "config.client_secret"),
    ] {
        let nightly = world.provider.service(client_id, ClientSecret::new(secret));
        let refused = nightly.client_credentials(&ClientCredentials::new()).await;
        assert_eq!(verdict(refused), (code, Disposition::Config));
    }
    assert_eq!(world.op.heard().len(), 0);
}

#[tokio::test]
async fn refusals_and_outages_are_told_apart() {
    let world = World::new();
    let nightly = world.provider.service("nightly", ClientSecret::new(SECRET));
    let wanted = ClientCredentials::new();
    for error in ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_target", "odd"] {
        world.op.respond("/token", json_response(400, &json!({ "error": error })));
        let refused = nightly.client_credentials(&wanted).await;
        assert_eq!(verdict(refused), ("service.refused", Disposition::Config), "{error}");
    }
    for response in [
        retry_later(429, "7"),
        retry_later(503, "7"),
        json_response(400, &json!({ "error": "temporarily_unavailable" })),
    ] {
        world.op.respond("/token", response);
        let refused = nightly.client_credentials(&wanted).await;
        assert_eq!(verdict(refused), ("http.unavailable", Disposition::Retry));
    }
    world.op.respond("/token", retry_later(429, "7"));
    let refused = nightly.client_credentials(&wanted).await.unwrap_err();
    assert_eq!(refused.retry_after().unwrap().pause().as_secs(), 7);
    world.op.respond("/token", redirect(302));
    assert_eq!(verdict(nightly.client_credentials(&wanted).await).0, "http.redirect");
    for sent in [false, true] {
        world.op.answer("/token", move |_| Err(unreachable(sent)));
        assert_eq!(
            verdict(nightly.client_credentials(&wanted).await),
            ("http.unreachable", Disposition::Retry)
        );
    }
    world.op.answer("/token", |_| Err(TransportError::new(TransportErrorKind::TimedOut, true)));
    assert_eq!(verdict(nightly.client_credentials(&wanted).await), ("http.timeout", Disposition::Retry));
}

#[tokio::test]
async fn c23_unusable_answers_grant_nothing() {
    let world = World::new();
    let nightly = world.provider.service("nightly", ClientSecret::new(SECRET));
    world.provider.ready().await.unwrap();
    world.op.take();
    for (input, body) in UNUSABLE_TOKEN_ANSWERS {
        world.op.respond("/token", raw(200, "application/json", body));
        let refused = nightly.client_credentials(&ClientCredentials::new()).await;
        assert_eq!(verdict(refused), ("token.invalid_response", Disposition::Retry), "{input}");
        assert_eq!(world.op.heard(), ["/token"], "{input}");
    }
}
