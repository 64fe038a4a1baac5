//! Rows E02 and E04 for every call, whatever transport carries it: no redirect is obeyed, no answer is larger than allowed.

use bytes::Bytes;
use http::Response;
use serde_json::json;
use vestibule::{Disposition, RevocableToken};

use crate::support::{World, code, raw, redirect, verdict};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const STANDARD: usize = 256 * 1024;
const USER_INFO: usize = 1024 * 1024;

/// A body of exactly this length: an object and spaces.
fn padded(object: &str, length: usize) -> Response<Bytes> {
    let mut body = object.as_bytes().to_vec();
    body.resize(length, b' ');
    raw(200, "application/json", body)
}

#[tokio::test]
async fn e02_no_call_follows_a_redirect() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let world = World::new();
        world.op.respond(DISCOVERY, redirect(status));
        assert_eq!(verdict(world.provider.ready().await), ("http.redirect", Disposition::Config), "{status}");
        assert_eq!(world.op.heard(), [DISCOVERY]);

        let world = World::new();
        world.op.respond("/jwks", redirect(status));
        assert_eq!(
            verdict(world.provider.ready().await),
            ("jwks.unavailable", Disposition::Retry),
            "{status}"
        );
        assert_eq!(world.op.heard(), [DISCOVERY, "/jwks"]);

        let world = World::new();
        let login = world.log_in().await;
        world.op.respond("/userinfo", redirect(status));
        world.op.respond("/revoke", redirect(status));
        let user = login.id_token.identity();
        let access_token = &login.tokens.access_token;
        assert_eq!(code(world.client.user_info(access_token, user).await), "http.redirect", "{status}");
        assert_eq!(code(world.client.revoke(RevocableToken::Access(access_token)).await), "http.redirect");
        assert_eq!(world.op.heard(), ["/userinfo", "/revoke"]);
    }
}

#[tokio::test]
async fn e04_metadata_and_keys_end_at_256_kib() {
    let world = World::new();
    let metadata = world.metadata().to_string();
    world.op.respond(DISCOVERY, padded(&metadata, STANDARD + 1));
    assert_eq!(verdict(world.provider.ready().await), ("http.too_large", Disposition::Retry));
    assert_eq!(world.op.heard(), [DISCOVERY]);

    let world = World::new();
    world.op.respond(DISCOVERY, padded(&metadata, STANDARD));
    world.op.respond("/jwks", padded(&world.issuer.jwks().to_string(), STANDARD + 1));
    assert_eq!(code(world.provider.ready().await), "jwks.unavailable");

    let world = World::new();
    world.op.respond("/jwks", padded(&world.issuer.jwks().to_string(), STANDARD));
    world.provider.ready().await.unwrap();
}

#[tokio::test]
async fn e04_token_answers_end_at_256_kib() {
    for (length, fits) in [(STANDARD, true), (STANDARD + 1, false)] {
        let world = World::new();
        let start = world.begin().await;
        let id_token = world.issuer.sign(&world.id_token_claims(&start));
        let answer = json!({ "access_token": "at-1", "token_type": "Bearer", "id_token": id_token });
        world.op.respond("/token", padded(&answer.to_string(), length));
        let outcome = world.complete(start).await;
        if fits { drop(outcome.unwrap()) } else { assert_eq!(code(outcome), "http.too_large") }
    }
}

#[tokio::test]
async fn e04_user_info_ends_at_1_mib() {
    for (length, fits) in [(USER_INFO, true), (USER_INFO + 1, false)] {
        let world = World::new();
        let login = world.log_in().await;
        world.op.respond("/userinfo", padded(r#"{"sub":"alice"}"#, length));
        let outcome = world.client.user_info(&login.tokens.access_token, login.id_token.identity()).await;
        if fits { drop(outcome.unwrap()) } else { assert_eq!(code(outcome), "http.too_large") }
    }
}
