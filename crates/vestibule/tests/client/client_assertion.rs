//! C31: `private_key_jwt`.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::{
    Algorithm, Clock, Disposition, PrivateKey, RevocableToken,
    testing::{TestKey, json_response},
};

use crate::support::{CLIENT, ISSUER, Sent, World, token_answer, unreachable, verdict};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key() -> PrivateKey {
    // Ed25519 signs the same twice, so that a signature can be compared.
    PrivateKey::from_pem(&TestKey::new(Algorithm::EdDsa, "").to_pkcs8_pem()).unwrap().with_kid("k-1")
}

/// A provider that takes assertions, and a client that has a key.
fn world_with(key: PrivateKey) -> World {
    let mut world =
        World::with_metadata(&[("token_endpoint_auth_methods_supported", json!(["private_key_jwt"]))]);
    world.client = world.provider.web_app(CLIENT, key);
    world
}

struct Assertion {
    header: Value,
    claims: Value,
    jti: String,
}

/// The assertion of a request, which carries no other proof and is signed with the key.
fn assertion(sent: &Sent) -> Assertion {
    assert_eq!(sent.header(http::header::AUTHORIZATION), None);
    assert_eq!(sent.field("client_secret"), None);
    assert_eq!(sent.field("client_id").as_deref(), Some(CLIENT));
    assert_eq!(sent.field("client_assertion_type").as_deref(), Some(TYPE));
    let raw = sent.field("client_assertion").unwrap();
    let (input, signature) = raw.rsplit_once('.').unwrap();
    let signed = TestKey::new(Algorithm::EdDsa, "").sign(input.as_bytes());
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap(), signed);
    let (header, claims) = input.split_once('.').unwrap();
    let read = |part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let claims: Value = read(claims);
    let jti = claims["jti"].as_str().unwrap().to_owned();
    Assertion { header: read(header), claims, jti }
}

#[tokio::test]
async fn c31_the_audience_is_the_issuer_alone_and_the_life_a_minute() {
    let world = world_with(key());
    world.log_in_with(|claims| claims).await.unwrap();
    let sent = world.op.take().remove(0);
    let Assertion { header, claims, jti } = assertion(&sent);
    assert_eq!(header, json!({ "alg": "EdDSA", "typ": "JWT", "kid": "k-1" }));
    let now = world.clock.now().as_secs();
    let expected = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": jti,
    });
    assert_eq!(claims, expected);
    assert_eq!(jti.len(), 43, "256 bits");
}

#[tokio::test]
async fn c31_every_request_has_an_assertion_of_its_own() {
    let world = world_with(key());
    let login = world.log_in().await;
    let refresh_token = login.tokens.refresh_token.as_ref().unwrap();
    world.op.answer("/token", |_| Err(unreachable(true)));
    for _ in 0..2 {
        world.client.refresh(refresh_token, login.id_token.identity()).await.unwrap_err();
    }
    world.op.respond("/revoke", json_response(503, &json!({})));
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(1));
        world.client.revoke(RevocableToken::Refresh(refresh_token)).await.unwrap_err();
    }
    let sent = world.op.take();
    let mut names: Vec<String> = sent.iter().map(|sent| assertion(sent).jti).collect();
    names.sort();
    names.dedup();
    assert_eq!((sent.len(), names.len()), (4, 4));
}

#[tokio::test]
async fn c31_an_issuer_that_names_anothers_endpoint_gets_nothing_of_use_there() {
    let world = world_with(key());
    let honest = "https://honest.example/token";
    let members = [
        ("token_endpoint", json!(honest)),
        ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
    ];
    let evil = World::with_metadata(&members);
    world.log_in_with(|claims| claims).await.unwrap();
    let client = evil.provider.service(CLIENT, key());
    evil.op.respond("/token", token_answer(None));
    client.client_credentials(&["a"].into()).await.unwrap();
    let sent = evil.op.take().pop().unwrap();
    assert_eq!(format!("{}{}", sent.origin, sent.path), honest);
    assert_eq!(assertion(&sent).claims["aud"], evil.issuer.issuer());
}

#[tokio::test]
async fn c31_typ_can_be_explicit_and_kid_absent() {
    let pem = TestKey::new(Algorithm::EdDsa, "").to_pkcs8_pem();
    let world = world_with(PrivateKey::from_pem(&pem).unwrap().with_explicit_typ(true));
    world.log_in_with(|claims| claims).await.unwrap();
    let sent = world.op.take().remove(0);
    assert_eq!(assertion(&sent).header, json!({ "alg": "EdDSA", "typ": "client-authentication+jwt" }));
}

#[tokio::test]
async fn c31_a_provider_that_takes_no_such_assertion_is_sent_none() {
    let methods = |methods: Value| ("token_endpoint_auth_methods_supported", methods);
    let algorithms = ("token_endpoint_auth_signing_alg_values_supported", json!(["RS256", "eddsa"]));
    for members in [
        vec![methods(json!(["client_secret_basic", "client_secret_jwt"]))],
        vec![methods(json!(["private_key_jwt"])), algorithms],
    ] {
        let world = World::with_metadata(&members);
        let nightly = world.provider.service(CLIENT, key());
        let refused = nightly.client_credentials(&["a"].into()).await;
        assert_eq!(verdict(refused), ("config.client_authentication", Disposition::Config));
        assert_eq!(world.op.heard(), ["/.well-known/openid-configuration"]);
    }
}

#[tokio::test]
async fn c31_a_refused_assertion_is_not_tried_again() {
    let world = world_with(key());
    let nightly = world.provider.service(CLIENT, key()).with_secret_in_body();
    world.op.respond("/token", json_response(401, &json!({ "error": "invalid_client" })));
    let refused = nightly.client_credentials(&["a"].into()).await;
    assert_eq!(verdict(refused), ("service.refused", Disposition::Config));
    assert_eq!(world.op.heard(), ["/.well-known/openid-configuration", "/token"]);
}
