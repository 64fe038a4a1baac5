//! The key sets and tokens of the OpenID Foundation's provider for relying-party tests.

use serde_json::json;

use super::*;

/// A key without `alg`, as that provider publishes its own.
fn published(key: &TestKey) -> Value {
    let mut jwk = key.jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    jwk
}

fn for_encryption(key: &TestKey, algorithm: &str) -> Value {
    let mut jwk = key.jwk();
    jwk["use"] = json!("enc");
    jwk["alg"] = json!(algorithm);
    jwk
}

fn rsa(kid: &str, number: usize) -> TestKey {
    TestKey::numbered(Algorithm::Rs256, kid, number)
}

fn ec(kid: &str, number: usize) -> TestKey {
    TestKey::numbered(Algorithm::Es256, kid, number)
}

fn odd_key_set() -> Value {
    let mut secp256k1 = published(&ec("secp256k1", 2));
    secp256k1["crv"] = json!("secp256k1");
    json!({ "keys": [
        published(&rsa("rsa-1", 0)),
        published(&rsa("rsa-2", 1)),
        published(&ec("ec-1", 0)),
        published(&ec("ec-2", 1)),
        secp256k1,
        published(&TestKey::new(Algorithm::EdDsa, "ed25519")),
        for_encryption(&rsa("rsa-enc", 2), "RSA-OAEP"),
        for_encryption(&ec("ec-enc", 3), "ECDH-ES"),
    ] })
}

fn token(key: &TestKey, header: &Value) -> String {
    key.token(header, &TestIssuer::new(ISSUER).id_token_claims(CLIENT, NONCE, NOW))
}

#[test]
fn the_odd_key_set_verifies_what_it_signs() {
    let verifier = verifier(&odd_key_set());
    let signers = [
        rsa("rsa-1", 0),
        rsa("rsa-2", 1),
        TestKey::numbered(Algorithm::Ps256, "rsa-2", 1),
        ec("ec-1", 0),
        ec("ec-2", 1),
        TestKey::new(Algorithm::EdDsa, "ed25519"),
    ];
    for key in &signers {
        assert_eq!(login(&verifier, &token(key, &key.header())), None, "{key:?}");
    }
    for key in [rsa("rsa-enc", 2), ec("ec-enc", 3)] {
        assert_eq!(login(&verifier, &token(&key, &key.header())), Some("jwt.key_unsuitable"), "{key:?}");
    }
}

#[test]
fn one_key_without_kid_among_keys_for_encryption() {
    let signer = rsa("", 0);
    let keys = json!({ "keys": [
        for_encryption(&rsa("rsa-enc", 2), "RSA-OAEP"),
        signer.bare_jwk(),
        for_encryption(&ec("ec-enc", 3), "ECDH-ES"),
    ] });
    assert_eq!(login(&verifier(&keys), &token(&signer, &json!({ "alg": "RS256" }))), None);
}

#[test]
fn several_keys_without_kid_are_tried() {
    let signers = [rsa("", 0), rsa("", 1), rsa("", 2)];
    let keys = json!({ "keys": signers.iter().map(TestKey::bare_jwk).collect::<Vec<_>>() });
    let verifier = verifier(&keys);
    for signer in &signers {
        assert_eq!(login(&verifier, &token(signer, &json!({ "alg": "RS256" }))), None);
    }
}

#[test]
fn a_logout_token_without_typ_and_with_an_unknown_claim() {
    let issuer = TestIssuer::with_keys(ISSUER, [rsa("rsa-1", 0)]);
    let mut claims = issuer.logout_token_claims(CLIENT, "1", NOW);
    claims["ignored_claim"] = json!("ignored");
    assert_eq!(logout(&verifier(&odd_key_set()), &issuer.sign(&claims)), None);
}

#[test]
fn the_negative_modules_are_refused_for_their_own_reason() {
    let key = rsa("rsa-1", 0);
    let verifier = verifier(&odd_key_set());
    let good = TestIssuer::new(ISSUER).id_token_claims(CLIENT, NONCE, NOW);
    let suffixed = |claim: &str| {
        let mut claims = good.clone();
        claims[claim] = json!(format!("{}1", good[claim].as_str().unwrap()));
        claims
    };
    let removed = |claim: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(claim);
        claims
    };
    for (module, claims, expected) in [
        ("invalid-iss", suffixed("iss"), "id_token.issuer_mismatch"),
        ("invalid-aud", suffixed("aud"), "id_token.audience_mismatch"),
        ("missing-aud", removed("aud"), "id_token.audience_mismatch"),
        ("missing-iat", removed("iat"), "id_token.issued_at"),
        ("missing-sub", removed("sub"), "id_token.subject_invalid"),
        ("nonce-invalid", suffixed("nonce"), "id_token.nonce_mismatch"),
    ] {
        assert_eq!(login(&verifier, &key.token(&key.header(), &claims)), Some(expected), "{module}");
    }
}
