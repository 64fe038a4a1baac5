//! The OpenID Foundation's relying-party modules of the plans basic, config and refresh, as far as they end at the client.
//! Each negative module also asserts our own error, which the suite cannot see.

use serde_json::json;
use vestibule::{
    Algorithm, ClientSecret, Disposition, Error, Login, UserInfo,
    testing::{TestKey, json_response},
};

use crate::support::{World, code, html, parameters, token_answer, verdict, with, without};

/// What the suite's provider publishes: keys of every kind, of which a client must be able to use one.
fn odd_jwks(signing: &[serde_json::Value]) -> serde_json::Value {
    let rsa = |number| TestKey::numbered(Algorithm::Rs256, "", number).bare_jwk();
    let mut keys = signing.to_vec();
    keys.push(with(with(rsa(2), "kid", "rsa-2"), "use", "sig"));
    keys.push(with(TestKey::new(Algorithm::Es256, "p256").bare_jwk(), "kid", "p256"));
    keys.push(with(TestKey::new(Algorithm::Ed25519, "ed").bare_jwk(), "kid", "ed"));
    keys.push(json!({ "kty": "EC", "crv": "secp256k1", "kid": "k1", "use": "sig", "x": "AQ", "y": "AQ" }));
    keys.push(with(with(with(rsa(3), "kid", "enc"), "use", "enc"), "alg", "RSA-OAEP"));
    keys.push(json!({ "kty": "AKP", "kid": "future", "alg": "ML-DSA-44", "pub": "AQ" }));
    json!({ "keys": keys })
}

/// The suite's provider: an issuer with a trailing slash, scrambled metadata, RS256 without `alg` in its keys.
fn suite() -> World {
    let world = World::at("https://op.example/");
    let metadata = with(
        world.metadata(),
        "id_token_signing_alg_values_supported",
        json!(["none", "RS256", "ES256", "PS256", "EdDSA"]),
    );
    world.publish(&with(
        metadata,
        "response_types_supported",
        json!(["id_token code", "token code id_token", "code"]),
    ));
    let key = with(world.issuer.keys()[0].bare_jwk(), "kid", "rs256");
    world.op.respond("/jwks", json_response(200, &odd_jwks(&[with(key, "use", "sig")])));
    world
}

async fn user_info(world: &World, login: &Login) -> Result<UserInfo, Error> {
    world.client.user_info(&login.tokens.access_token, login.id_token.identity()).await
}

/// An ID token of which one claim is spoilt makes no login, and no UserInfo request follows.
async fn rejects(change: impl FnOnce(serde_json::Value) -> serde_json::Value, expected: &'static str) {
    let world = suite();
    assert_eq!(verdict(world.log_in_with(change).await), (expected, Disposition::Reject));
    let heard = world.op.heard();
    assert!(!heard.contains(&"/userinfo".to_owned()), "{heard:?}");
}

#[tokio::test]
async fn oidf_oidcc_client_test() {
    let world = suite();
    let login = world.log_in().await;
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "alice" })));
    assert_eq!(user_info(&world, &login).await.unwrap().subject(), "alice");
    assert_eq!(world.op.heard(), ["/userinfo"]);
}

#[tokio::test]
async fn oidf_invalid_iss() {
    rejects(|claims| with(claims, "iss", "https://op.example/1"), "id_token.issuer_mismatch").await;
}

#[tokio::test]
async fn oidf_invalid_aud() {
    rejects(|claims| with(claims, "aud", "dashboard1"), "id_token.audience_mismatch").await;
}

#[tokio::test]
async fn oidf_missing_aud() {
    rejects(|claims| without(claims, "aud"), "id_token.audience_mismatch").await;
}

#[tokio::test]
async fn oidf_missing_iat() {
    rejects(|claims| without(claims, "iat"), "id_token.issued_at").await;
}

#[tokio::test]
async fn oidf_missing_sub() {
    rejects(|claims| without(claims, "sub"), "id_token.subject_invalid").await;
}

#[tokio::test]
async fn oidf_nonce_invalid() {
    let spoil = |claims: serde_json::Value| {
        let nonce = format!("{}1", claims["nonce"].as_str().unwrap());
        with(claims, "nonce", nonce)
    };
    rejects(spoil, "id_token.nonce_mismatch").await;
}

#[tokio::test]
async fn oidf_kid_absent_single_jwks() {
    let world = suite();
    let key = world.issuer.keys()[0].clone();
    let jwks = odd_jwks(&[with(key.bare_jwk(), "use", "sig")]);
    let mut keys = jwks["keys"].as_array().unwrap().clone();
    keys.retain(|key| key["kid"] != "rsa-2");
    world.op.respond("/jwks", json_response(200, &json!({ "keys": keys })));
    let start = world.begin().await;
    world.issue(&key.token(&json!({ "alg": "RS256" }), &world.id_token_claims(&start)));
    world.complete(start).await.unwrap();
}

#[tokio::test]
async fn oidf_kid_absent_multiple_jwks() {
    let world = suite();
    let keys: Vec<_> = (0..3).map(|number| TestKey::numbered(Algorithm::Rs256, "", number)).collect();
    let published: Vec<_> = keys.iter().map(|key| with(key.bare_jwk(), "use", "sig")).collect();
    world.op.respond("/jwks", json_response(200, &json!({ "keys": published })));
    for key in &keys {
        let start = world.begin().await;
        world.issue(&key.token(&json!({ "alg": "RS256" }), &world.id_token_claims(&start)));
        world.complete(start).await.unwrap();
    }
}

#[tokio::test]
async fn oidf_idtoken_sig_rs256() {
    suite().log_in().await;
}

#[tokio::test]
async fn oidf_idtoken_sig_none() {
    let world = suite();
    let start = world.begin().await;
    let signed = world.issuer.sign(&world.id_token_claims(&start));
    world.issue(&format!("eyJhbGciOiJub25lIn0.{}.", signed.split('.').nth(1).unwrap()));
    assert_eq!(code(world.complete(start).await), "jwt.alg_none");
}

#[tokio::test]
async fn oidf_invalid_sig_rs256() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let world = suite();
    let start = world.begin().await;
    let signed = world.issuer.sign(&world.id_token_claims(&start));
    let (input, signature) = signed.rsplit_once('.').unwrap();
    let spoilt: Vec<u8> =
        BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap().into_iter().map(|byte| byte ^ 0x5a).collect();
    world.issue(&format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(spoilt)));
    assert_eq!(code(world.complete(start).await), "jwt.bad_signature");
}

#[tokio::test]
async fn oidf_userinfo_invalid_sub() {
    let world = suite();
    let login = world.log_in().await;
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "aliceinvalid" })));
    assert_eq!(code(user_info(&world, &login).await), "userinfo.invalid");
}

#[tokio::test]
async fn oidf_scope_userinfo_claims() {
    let world = suite();
    let request = world.request().scopes(["profile", "email", "phone", "address"]);
    let start = world.client.begin_login(&request).await.unwrap();
    assert_eq!(parameters(&start)["scope"], "openid profile email phone address");
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let login = world.complete(start).await.unwrap();
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "alice", "email": "a@x.example" })));
    assert_eq!(user_info(&world, &login).await.unwrap().claim("email"), Some(&json!("a@x.example")));
}

/// The suite's ids and secrets have any printable punctuation.
#[tokio::test]
async fn oidf_client_secret_basic() {
    let world = suite();
    let client = world.provider.web_app("client_abc12345 +%:\"", ClientSecret::new("s: %+\\&"));
    let start = client.begin_login(&world.request()).await.unwrap();
    world.issue(&world.issuer.sign(&with(world.id_token_claims(&start), "aud", client.client_id())));
    world.op.take();
    let callback = vestibule::Callback::parse(&crate::support::callback_query(&start)).unwrap();
    client.complete_login(start.pending, &callback).await.unwrap();
    let sent = world.op.take().remove(0);
    assert!(sent.header(http::header::AUTHORIZATION).unwrap().starts_with("Basic "));
    assert_eq!(sent.field("client_secret"), None);
}

#[tokio::test]
async fn oidf_userinfo_bearer_header() {
    let world = suite();
    let login = world.log_in().await;
    world.op.answer("/userinfo", |sent| {
        let by_header = sent.header(http::header::AUTHORIZATION) == Some("Bearer at-1");
        let elsewhere = sent.query.is_some() || !sent.body.is_empty();
        Ok(if by_header && !elsewhere { json_response(200, &json!({ "sub": "alice" })) } else { html(400) })
    });
    user_info(&world, &login).await.unwrap();
}

#[tokio::test]
async fn oidf_userinfo_signed() {
    let world = suite();
    let login = world.log_in().await;
    let signed = world.issuer.sign(&world.issuer.user_info_claims("dashboard"));
    world.op.respond("/userinfo", crate::support::raw(200, "application/jwt", signed));
    assert!(user_info(&world, &login).await.unwrap().is_signed());
}

/// Claims from other sources are handed on as they are, and never taken for the provider's own.
#[tokio::test]
async fn oidf_aggregated_claims() {
    let world = suite();
    let login = world.log_in().await;
    let answer = json!({
        "sub": "alice",
        "_claim_names": { "address": "src1" },
        "_claim_sources": { "src1": { "JWT": "eyJhbGciOiJub25lIn0.e30." } },
    });
    world.op.respond("/userinfo", json_response(200, &answer));
    let user = user_info(&world, &login).await.unwrap();
    assert_eq!(user.claim("address"), None);
    assert_eq!(user.claim("_claim_names"), Some(&json!({ "address": "src1" })));
}

#[tokio::test]
async fn oidf_discovery_openid_config() {
    let world = suite();
    world.provider.metadata().await.unwrap();
    assert_eq!(world.op.heard(), ["/.well-known/openid-configuration"]);
}

#[tokio::test]
async fn oidf_discovery_jwks_uri_keys() {
    let world = suite();
    world.publish(&with(world.metadata(), "jwks_uri", "https://op.example/jwks/qwertyuiop"));
    world.op.respond("/jwks/qwertyuiop", json_response(200, &world.issuer.jwks()));
    let start = world.begin().await;
    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let login = world.complete(start).await.unwrap();
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "alice" })));
    user_info(&world, &login).await.unwrap();
    let expected = ["/.well-known/openid-configuration", "/token", "/jwks/qwertyuiop", "/userinfo"];
    assert_eq!(world.op.heard(), expected);
}

#[tokio::test]
async fn oidf_discovery_issuer_mismatch() {
    for stated in ["https://op.example/INVALID", "https://op.example"] {
        let world = suite();
        world.publish(&with(world.metadata(), "issuer", stated));
        assert_eq!(code(world.client.begin_login(&world.request()).await), "discovery.issuer_mismatch");
        assert_eq!(world.op.heard(), ["/.well-known/openid-configuration"], "and then it stops");
    }
}

#[tokio::test]
async fn oidf_signing_key_rotation_just_before_signing() {
    let world = suite();
    world.provider.ready().await.unwrap();
    let start = world.begin().await;
    let rolled = TestKey::numbered(Algorithm::Rs256, "rolled", 1);
    world.op.respond("/jwks", json_response(200, &json!({ "keys": [rolled.jwk()] })));
    world.issue(&rolled.token(&rolled.header(), &world.id_token_claims(&start)));
    world.op.take();
    world.complete(start).await.unwrap();
    assert_eq!(world.op.heard(), ["/token", "/jwks"], "asked again exactly once");
}

#[tokio::test]
async fn oidf_signing_key_rotation() {
    let world = suite();
    world.log_in().await;
    let rolled = TestKey::numbered(Algorithm::Rs256, "rolled", 1);
    world.op.respond("/jwks", json_response(200, &json!({ "keys": [rolled.jwk()] })));
    let start = world.begin().await;
    world.issue(&rolled.token(&rolled.header(), &world.id_token_claims(&start)));
    world.complete(start).await.unwrap();
    assert_eq!(world.op.heard(), ["/token", "/jwks"]);
}

/// A login, a refresh answered with this ID token, and what became of it.
async fn refresh(
    change: impl FnOnce(serde_json::Value) -> serde_json::Value,
) -> (World, Result<vestibule::Refreshed, vestibule::RefreshError>) {
    let world = suite();
    let start = world.begin().await;
    let claims = world.id_token_claims(&start);
    let mut answer = serde_json::from_slice(token_answer(Some(&world.issuer.sign(&claims))).body()).unwrap();
    answer = with(answer, "refresh_token", "r \"+%:&=\\~");
    world.op.respond("/token", json_response(200, &answer));
    let login = world.complete(start).await.unwrap();
    world.op.take();
    world.issue(&world.issuer.sign(&change(claims)));
    let refreshed =
        world.client.refresh(login.tokens.refresh_token.as_ref().unwrap(), login.id_token.identity()).await;
    (world, refreshed)
}

#[tokio::test]
async fn oidf_refresh_token() {
    let (world, refreshed) = refresh(|claims| claims).await;
    assert_eq!(refreshed.unwrap().id_token.unwrap().subject(), "alice");
    assert_eq!(world.op.take()[0].field("refresh_token").unwrap(), "r \"+%:&=\\~");
}

#[tokio::test]
async fn oidf_refresh_token_invalid_issuer() {
    let (world, refreshed) = refresh(|claims| with(claims, "iss", "https://op.example/1")).await;
    assert_eq!(verdict(refreshed), ("refresh.identity_changed", Disposition::Gone));
    assert_eq!(world.op.heard(), ["/token"]);
}

#[tokio::test]
async fn oidf_refresh_token_invalid_sub() {
    let (world, refreshed) = refresh(|claims| with(claims, "sub", "alice1")).await;
    assert_eq!(verdict(refreshed), ("refresh.identity_changed", Disposition::Gone));
    assert_eq!(world.op.heard(), ["/token"]);
}
