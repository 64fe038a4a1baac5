//! Rows C14, C23, C24 and what the ID token rules mean for a whole login: what the token endpoint may answer to a code.

use serde_json::{Value, json};
use vestibule::{
    AccessToken, Diagnose, Disposition, Error, TokenEndpointError,
    testing::{TestKey, json_response},
    transport::TransportError,
};

use crate::support::{
    CLIENT, NO_ANSWER, UNUSABLE_TOKEN_ANSWERS, World, code, html, raw, redirect, retry_later, token_answer,
    unreachable, verdict, with, without,
};

/// What becomes of a login whose code is answered like this. The code goes out once.
async fn judge(answer: http::Response<bytes::Bytes>) -> (&'static str, Disposition) {
    let world = World::new();
    let start = world.begin().await;
    world.op.respond("/token", answer);
    world.op.take();
    let verdict = verdict(world.complete(start).await);
    assert_eq!(world.op.heard(), ["/token"]);
    verdict
}

#[tokio::test]
async fn c23_a_good_answer_brings_all_its_tokens() {
    let world = World::new();
    let login = world.log_in().await;
    assert_eq!(login.id_token.subject(), "alice");
    assert_eq!(login.tokens.access_token, AccessToken::new("at-1"));
    assert_eq!(login.tokens.refresh_token.unwrap().expose(), "rt-1");
    assert_eq!(login.tokens.id_token.unwrap(), *login.id_token.raw());
    let lifetime = login.tokens.expires_at.unwrap().as_secs() - login.id_token.issued_at().as_secs();
    assert_eq!(lifetime, 299);
}

#[tokio::test]
async fn c23_what_the_specification_leaves_open_is_accepted() {
    let world = World::new();
    for (member, value) in [
        ("token_type", json!("bEARER")),
        ("expires_in", json!(0)),
        ("expires_in", json!(u64::MAX)),
        ("expires_in", Value::Null),
        ("scope", json!("")),
        ("refresh_token", json!("r &+%:=\"\\~")),
        ("x_future", json!({ "a": 1 })),
    ] {
        let start = world.begin().await;
        let id_token = world.issuer.sign(&world.id_token_claims(&start));
        let answer = json!({ "access_token": "at-1", "token_type": "Bearer", "id_token": id_token });
        world.op.respond("/token", json_response(200, &with(answer, member, value.clone())));
        world.complete(start).await.unwrap_or_else(|error| panic!("{member}: {value}: {error}"));
    }
}

#[tokio::test]
async fn c23_unusable_answers_end_the_login() {
    for (name, body) in UNUSABLE_TOKEN_ANSWERS {
        let verdict = judge(raw(200, "application/json", body)).await;
        assert_eq!(verdict, ("token.invalid_response", Disposition::Reject), "{name}");
    }
}

#[tokio::test]
async fn c23_a_login_needs_an_id_token() {
    for id_token in [None, Some(json!("")), Some(json!(null)), Some(json!(7))] {
        let answer = json!({ "access_token": "at-1", "token_type": "Bearer" });
        let answer = match &id_token {
            Some(id_token) => with(answer, "id_token", id_token.clone()),
            None => answer,
        };
        let verdict = judge(json_response(200, &answer)).await;
        assert_eq!(verdict, ("token.invalid_response", Disposition::Reject), "{id_token:?}");
    }
}

#[tokio::test]
async fn c23_other_statuses_are_no_success() {
    for status in [201, 202, 204] {
        let world = World::new();
        let start = world.begin().await;
        let id_token = world.issuer.sign(&world.id_token_claims(&start));
        let mut answer = token_answer(Some(&id_token));
        *answer.status_mut() = http::StatusCode::from_u16(status).unwrap();
        world.op.respond("/token", answer);
        let verdict = verdict(world.complete(start).await);
        assert_eq!(verdict, ("token.invalid_response", Disposition::Reject), "{status}");
    }
}

#[tokio::test]
async fn c23_refusals_keep_their_reason() {
    for (error, disposition) in [
        ("invalid_grant", Disposition::Reject),
        ("invalid_request", Disposition::Reject),
        ("x_vendor", Disposition::Reject),
        ("invalid_client", Disposition::Config),
        ("unauthorized_client", Disposition::Config),
    ] {
        for status in [400, 401, 403] {
            let verdict = judge(json_response(status, &json!({ "error": error }))).await;
            assert_eq!(verdict, ("token.oauth_error", disposition), "{error}");
        }
    }
    for garbage in
        [html(400), html(404), json_response(400, &json!({ "error": 7 })), json_response(401, &json!([]))]
    {
        assert_eq!(judge(garbage).await, ("token.invalid_response", Disposition::Reject));
    }
}

#[tokio::test]
async fn c24_a_code_is_sent_once_whatever_happens() {
    for kind in NO_ANSWER {
        let world = World::new();
        let start = world.begin().await;
        world.op.answer("/token", move |_| Err(TransportError::new(kind, true)));
        world.op.take();
        let verdict = verdict(world.complete(start).await);
        assert_eq!(verdict, ("token.outcome_unknown", Disposition::Retry), "{kind}");
        assert_eq!(world.op.heard(), ["/token"], "{kind}");
    }
}

#[tokio::test]
async fn c24_not_even_when_nothing_was_sent() {
    let world = World::new();
    let start = world.begin().await;
    world.op.answer("/token", |_| Err(unreachable(false)));
    world.op.take();
    assert_eq!(verdict(world.complete(start).await), ("http.unreachable", Disposition::Retry));
    assert_eq!(world.op.heard(), ["/token"]);
}

#[tokio::test]
async fn e22_a_busy_provider_is_told_apart_from_a_refusal() {
    for (status, header, pause) in
        [(429, "17", Some(17)), (503, "1000000000", Some(60)), (500, "-5", None), (504, "soon", None)]
    {
        let world = World::new();
        let start = world.begin().await;
        world.op.respond("/token", retry_later(status, header));
        world.op.take();
        let error = world.complete(start).await.unwrap_err();
        assert_eq!((error.code(), error.disposition()), ("http.unavailable", Disposition::Retry));
        assert_eq!(error.retry_after().map(|retry| retry.pause().as_secs()), pause, "{status}");
        assert_eq!(world.op.heard(), ["/token"], "one call");
    }
}

#[tokio::test]
async fn e22_a_date_counts_from_now() {
    let world = World::new();
    let start = world.begin().await;
    // 2026-05-28 20:26:40 UTC is what the test clock shows.
    world.op.respond("/token", retry_later(503, "Thu, 28 May 2026 20:26:57 GMT"));
    let error = world.complete(start).await.unwrap_err();
    assert_eq!(error.retry_after().unwrap().pause().as_secs(), 17);
}

#[tokio::test]
async fn e02_a_redirect_of_the_token_endpoint_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        assert_eq!(judge(redirect(status)).await, ("http.redirect", Disposition::Config), "{status}");
    }
}

/// A code that was stolen and put into the attacker's own attempt brings an ID token with the victim's nonce.
#[tokio::test]
async fn c14_an_injected_code_makes_no_login() {
    let world = World::new();
    let victim = world.begin().await;
    let attacker = world.begin().await;
    world.issue(&world.issuer.sign(&world.id_token_claims(&victim)));
    assert_eq!(code(world.complete(attacker).await), "id_token.nonce_mismatch");
}

#[tokio::test]
async fn a15_to_a24_the_rules_hold_for_a_whole_login() {
    let world = World::new();
    type Change = fn(Value) -> Value;
    let changes: [(&str, Change); 9] = [
        ("id_token.audience_mismatch", |claims| with(claims, "aud", "other")),
        ("id_token.untrusted_audience", |claims| with(claims, "aud", json!([CLIENT, "other"]))),
        ("id_token.azp_mismatch", |claims| with(claims, "azp", "other")),
        ("jwt.claim_missing", |claims| without(claims, "exp")),
        ("id_token.expired", |claims| with(claims, "exp", 1_779_999_000)),
        ("id_token.subject_invalid", |claims| with(claims, "sub", "")),
        ("id_token.hash_mismatch", |claims| with(claims, "at_hash", "wrong")),
        ("id_token.hash_mismatch", |claims| with(claims, "c_hash", "wrong")),
        ("id_token.wrong_kind", |claims| with(claims, "events", json!({}))),
    ];
    for (expected, change) in changes {
        assert_eq!(verdict(world.log_in_with(change).await), (expected, Disposition::Reject), "{expected}");
    }
}

#[tokio::test]
async fn a24_the_hash_of_the_code_belongs_to_the_code() {
    let world = World::new();
    // The left half of SHA-256("c-1").
    let c_hash = left_half("c-1");
    world.log_in_with(|claims| with(claims, "c_hash", c_hash)).await.unwrap();
    let c_hash = left_half("c-2");
    assert_eq!(
        code(world.log_in_with(|claims| with(claims, "c_hash", c_hash)).await),
        "id_token.hash_mismatch"
    );
}

fn left_half(value: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use sha2::{Digest, Sha256};
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(value)[..16])
}

/// That keys cannot be fetched says nothing about a token (H05).
#[tokio::test]
async fn h05_cannot_verify_is_not_invalid() {
    let world = World::new();
    world.op.respond("/jwks", html(503));
    let error = world.log_in_with(|claims| claims).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("jwks.unavailable", Disposition::Retry));
    assert!(matches!(error, Error::Token(_)));
    assert_eq!(world.op.heard(), ["/token", "/jwks"]);
}

#[tokio::test]
async fn a08_a_forged_signature_makes_no_login() {
    let world = World::new();
    let start = world.begin().await;
    let forger = TestKey::numbered(vestibule::Algorithm::Rs256, "rs256", 1);
    world.issue(&forger.token(&forger.header(), &world.id_token_claims(&start)));
    assert_eq!(verdict(world.complete(start).await), ("jwt.bad_signature", Disposition::Reject));
}

#[test]
fn a_refusal_says_what_to_do() {
    let error = TokenEndpointError::InvalidResponse("id_token");
    assert_eq!(error.to_string(), "the provider's token answer has no proper id_token");
    assert!(!error.hint().is_empty());
}
