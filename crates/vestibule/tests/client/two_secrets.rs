//! C33: two active secrets of one client.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::header;
use serde_json::json;
use vestibule::{ClientSecret, Credential, Diagnose, Disposition, RevocableToken, testing::json_response};

use crate::support::{CLIENT, Sent, World, token_answer, unreachable, verdict};

/// A client that was given a new secret and an old one, and has logged a user in with the new one.
fn world() -> World {
    let mut world = World::new();
    let secrets = Credential::secrets(ClientSecret::new("new"), ClientSecret::new("old"));
    world.client = world.provider.web_app(CLIENT, secrets);
    world
}

fn secret(sent: &Sent) -> String {
    let header = sent.header(header::AUTHORIZATION).unwrap();
    let pair = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
    String::from_utf8(pair).unwrap().split_once(':').unwrap().1.to_owned()
}

/// The secrets that were sent since this was asked last.
fn secrets(world: &World) -> Vec<String> {
    world.op.take().iter().filter(|sent| sent.header(header::AUTHORIZATION).is_some()).map(secret).collect()
}

/// From now on, the provider knows this secret alone.
fn accept(world: &World, path: &'static str, known: &'static str) {
    world.op.answer(path, move |sent| {
        let is_known = secret(sent) == known;
        Ok(if is_known {
            token_answer(None)
        } else {
            json_response(401, &json!({ "error": "invalid_client" }))
        })
    });
}

#[tokio::test]
async fn c33_the_other_secret_is_tried_once_and_remembered() {
    let world = world();
    let login = world.log_in().await;
    let (token, user) = (login.tokens.refresh_token.as_ref().unwrap(), login.id_token.identity());
    accept(&world, "/token", "old");
    world.client.refresh(token, user).await.unwrap();
    assert_eq!(secrets(&world), ["new", "old"]);
    world.client.refresh(token, user).await.unwrap();
    assert_eq!(secrets(&world), ["old"], "what worked is remembered");
    accept(&world, "/token", "new");
    world.client.refresh(token, user).await.unwrap();
    assert_eq!(secrets(&world), ["old", "new"], "and the first one is found again");
}

#[tokio::test]
async fn c33_a_code_is_sent_again_with_the_other_secret_since_nobody_looked_at_it() {
    let world = world();
    let start = world.begin().await;
    let id_token = world.issuer.sign(&world.id_token_claims(&start));
    world.op.answer("/token", move |sent| {
        let is_known = secret(sent) == "old";
        let refusal = json_response(401, &json!({ "error": "invalid_client" }));
        Ok(if is_known { token_answer(Some(&id_token)) } else { refusal })
    });
    world.op.take();
    world.complete(start).await.unwrap();
    let sent = world.op.take();
    let codes: Vec<_> = sent.iter().filter_map(|sent| sent.field("code")).collect();
    assert_eq!(codes, ["c-1", "c-1"]);
}

#[tokio::test]
async fn c33_nothing_else_makes_it_try_the_other_one() {
    let world = world();
    let login = world.log_in().await;
    let (token, user) = (login.tokens.refresh_token.as_ref().unwrap(), login.id_token.identity());
    for error in
        ["invalid_grant", "unauthorized_client", "invalid_request", "invalid_scope", "Invalid_client"]
    {
        world.op.respond("/token", json_response(400, &json!({ "error": error })));
        world.client.refresh(token, user).await.unwrap_err();
        assert_eq!(secrets(&world), ["new"], "{error}");
    }
    for status in [401, 429, 500] {
        world.op.respond("/token", json_response(status, &json!({})));
        world.client.refresh(token, user).await.unwrap_err();
        assert_eq!(secrets(&world), ["new"], "{status}");
    }
    world.op.answer("/token", |_| Err(unreachable(true)));
    world.client.refresh(token, user).await.unwrap_err();
    assert_eq!(secrets(&world), ["new"]);
}

#[tokio::test]
async fn c33_two_refused_secrets_are_two_calls_and_an_error() {
    let world = world();
    let login = world.log_in().await;
    world.op.respond("/revoke", json_response(401, &json!({ "error": "invalid_client" })));
    let token = login.tokens.refresh_token.as_ref().unwrap();
    let refused = world.client.revoke(RevocableToken::Refresh(token)).await;
    assert_eq!(verdict(refused), ("revocation.refused", Disposition::Reject));
    assert_eq!(secrets(&world), ["new", "old"]);
    accept(&world, "/token", "none");
    let refused = world.client.refresh(token, login.id_token.identity()).await;
    assert_eq!(verdict(refused), ("refresh.client_error", Disposition::Config));
    assert_eq!(world.op.heard(), ["/token", "/token"]);
}

#[tokio::test]
async fn c33_both_secrets_must_be_there_and_neither_shows() {
    let world = World::new();
    for (primary, fallback) in [("", "old"), ("new", "")] {
        let secrets = Credential::secrets(ClientSecret::new(primary), ClientSecret::new(fallback));
        let client = world.provider.web_app(CLIENT, secrets);
        let refused = client.begin_login(&world.request()).await.unwrap_err();
        assert_eq!(refused.code(), "config.client_secret");
        assert_eq!(world.op.heard().len(), 0);
    }
    let secrets = Credential::secrets(ClientSecret::new("new"), ClientSecret::new("old"));
    assert_eq!(format!("{secrets:?}"), "Credential(redacted secret)");
}
