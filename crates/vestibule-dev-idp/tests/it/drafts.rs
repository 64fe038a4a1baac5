//! Tokens to order.

use serde_json::json;
use vestibule_dev_idp::{JwtFault, SigningAlgorithm};

use crate::support::{Listener, NOW, World, application, claims, header};

#[tokio::test]
async fn a_logout_token_names_the_latest_session() {
    let world = World::new();
    let bare = claims(&world.idp.logout_token("dashboard").sign().unwrap());
    assert!(bare.get("sub").is_none() && bare.get("sid").is_none());
    let identity = claims(&world.tokens("dashboard", "alice").await.id_token);
    let token = world.idp.logout_token("dashboard").sign().unwrap();
    let token = claims(&token);
    assert_eq!((&token["sub"], &token["sid"]), (&identity["sub"], &identity["sid"]));
    assert_eq!(token["aud"], "dashboard");
    assert_eq!((token["iat"].as_i64(), token["exp"].as_i64()), (Some(NOW), Some(NOW + 120)));
}

#[tokio::test]
async fn every_part_of_a_draft_can_be_changed() {
    let world = World::new();
    let token = world
        .idp
        .logout_token("dashboard")
        .issuer("http://other.example")
        .audience(json!(["a", "b"]))
        .subject("usr_1")
        .sid("ses_1")
        .jti("jti_1")
        .nonce("n")
        .iat(1)
        .exp(2)
        .events(json!({}))
        .claim("extra", 7)
        .typ("JWT")
        .header("x", true)
        .algorithm(SigningAlgorithm::Es256)
        .sign()
        .unwrap();
    assert_eq!(
        claims(&token),
        json!({
            "iss": "http://other.example", "aud": ["a", "b"], "sub": "usr_1", "sid": "ses_1", "jti": "jti_1",
            "nonce": "n", "iat": 1, "exp": 2, "events": {}, "extra": 7,
        })
    );
    let kid = world.idp.key_id(SigningAlgorithm::Es256);
    assert_eq!(header(&token), json!({ "alg": "ES256", "typ": "JWT", "kid": kid, "x": true }));
    let without = world.idp.logout_token("dashboard").without("jti").header("kid", json!(null));
    let without = without.sign().unwrap();
    assert!(claims(&without).get("jti").is_none() && header(&without).get("kid").is_none());
}

#[tokio::test]
async fn foreign_keys_are_not_the_published_ones() {
    let world = World::new();
    let foreign = world.idp.id_token("dashboard").foreign_key().sign().unwrap();
    let real = world.idp.id_token("dashboard").sign().unwrap();
    assert_eq!(header(&foreign)["kid"], header(&real)["kid"], "under the real name");
    let kids = |set: serde_json::Value| {
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect::<Vec<_>>()
    };
    let published = kids(world.idp.jwks());
    assert!(kids(world.idp.foreign_jwks().unwrap()).iter().all(|kid| !published.contains(kid)));
    assert_eq!(verified_by(&world.idp.jwks(), &real), Ok(()));
    assert!(verified_by(&world.idp.jwks(), &foreign).is_err());
    assert_eq!(verified_by(&world.idp.foreign_jwks().unwrap(), &foreign), Ok(()));
}

/// What `jsonwebtoken` makes of a signature, whatever the `kid`.
fn verified_by(keys: &serde_json::Value, token: &str) -> Result<(), String> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    let rsa = keys["keys"].as_array().unwrap().iter().find(|key| key["kty"] == "RSA").unwrap();
    let (n, e) = (rsa["n"].as_str().unwrap(), rsa["e"].as_str().unwrap());
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    let key = DecodingKey::from_rsa_components(n, e).unwrap();
    decode::<serde_json::Value>(token, &key, &validation).map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn anything_at_all_can_be_signed() {
    let world = World::new();
    let token = world.idp.sign(json!({ "alg": "ES256", "typ": "odd" }), json!({ "a": 1 })).unwrap();
    assert_eq!(claims(&token), json!({ "a": 1 }));
    assert_eq!(header(&token)["kid"], json!(world.idp.key_id(SigningAlgorithm::Es256)));
    let wrong = world.idp.sign(json!({ "alg": "HS256" }), json!({}));
    assert_eq!(wrong.unwrap_err().code(), "signing.algorithm");
    let bytes = world.idp.sign_bytes(r#"{"alg":"RS256"}"#, "[1]", SigningAlgorithm::Rs256).unwrap();
    assert_eq!((header(&bytes), claims(&bytes)), (json!({ "alg": "RS256" }), json!([1])));
}

#[tokio::test]
async fn other_kinds_of_tokens_are_what_they_say() {
    let world = World::new();
    let id = world.idp.id_token("dashboard").nonce("n").sign().unwrap();
    assert_eq!(claims(&id)["sub"], "usr_nobody");
    assert_eq!(claims(&id)["aud"], json!(["dashboard"]));
    assert_eq!(verified_by(&world.idp.jwks(), &id), Ok(()));
    let access = world.idp.access_token("dashboard").sign().unwrap();
    assert_eq!(header(&access)["typ"], "at+jwt");
    assert_eq!(world.userinfo(&access).await.error(), "invalid_token");
    let stranger = world.idp.id_token("never-registered").fault(JwtFault::NoSubject).sign().unwrap();
    assert!(claims(&stranger).get("sub").is_none());
}

#[tokio::test]
async fn a_logout_token_can_be_sent_by_hand_once() {
    let world = World::new();
    let listener = Listener::start().await;
    world.idp.register(application("dashboard").backchannel_logout_uri(&listener.uri)).unwrap();
    listener.answer_next(400);
    let sent = world.idp.send_logout_token("dashboard", "whatever").await;
    assert_eq!((sent.len(), sent[0].status, sent[0].attempts), (1, Some(400), 1));
    assert!(!sent[0].succeeded());
    assert_eq!(listener.tokens(), ["whatever"]);
}
