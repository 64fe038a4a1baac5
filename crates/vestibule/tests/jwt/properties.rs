use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

use super::*;

/// Each of JSON's types, twice where it matters.
fn values() -> Vec<Value> {
    vec![Value::Null, json!(true), json!(1), json!(1.5), json!("x"), json!([]), json!({})]
}

/// What an ID token is refused with when this claim has this value, or none; `None` when that is fine.
fn id_token_code(claim: &str, value: Option<&Value>) -> Option<&'static str> {
    let is_number = value.is_some_and(Value::is_number);
    let is_text = value.is_some_and(Value::is_string);
    match (claim, value) {
        ("iss", _) => Some("id_token.issuer_mismatch"),
        ("sub", _) => (!is_text).then_some("id_token.subject_invalid"),
        ("aud", _) => Some("id_token.audience_mismatch"),
        ("exp", None) => Some("jwt.claim_missing"),
        ("exp", _) => Some(if is_number { "id_token.expired" } else { "jwt.claim_type" }),
        ("iat", _) => Some("id_token.issued_at"),
        ("nonce", _) => Some("id_token.nonce_mismatch"),
        (_, None) => None,
        ("nbf", _) => (!is_number).then_some("id_token.not_yet_valid"),
        ("azp", _) => Some("id_token.azp_mismatch"),
        ("auth_time", _) => (!is_number).then_some("jwt.claim_type"),
        ("sid" | "acr", _) => (!is_text).then_some("jwt.claim_type"),
        ("amr", Some(value)) => (!value.is_array()).then_some("jwt.claim_type"),
        ("events", _) => Some("id_token.wrong_kind"),
        _ => None,
    }
}

const ID_TOKEN_CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nonce",
    "nbf",
    "azp",
    "auth_time",
    "sid",
    "acr",
    "amr",
    "events",
    "other",
];

/// The same for a logout token.
fn logout_token_code(claim: &str, value: Option<&Value>) -> Option<&'static str> {
    let is_text = value.is_some_and(Value::is_string);
    match (claim, value) {
        ("iss", _) => Some("logout.issuer_mismatch"),
        ("aud", _) => Some("logout.audience_mismatch"),
        ("iat", _) => Some("logout.issued_at"),
        ("exp", _) => Some("logout.expired"),
        ("events", _) => Some("logout.events"),
        ("jti", None) => Some("jwt.claim_missing"),
        ("nonce", Some(_)) => Some("logout.nonce_present"),
        ("jti", _) | ("sub" | "sid", Some(_)) => (!is_text).then_some("jwt.claim_type"),
        _ => None,
    }
}

const LOGOUT_TOKEN_CLAIMS: [&str; 10] =
    ["iss", "sub", "aud", "exp", "iat", "nonce", "jti", "sid", "events", "other"];

fn altered(mut claims: Value, claim: &str, value: Option<&Value>) -> Value {
    match value {
        Some(value) => claims[claim] = value.clone(),
        None => drop(claims.as_object_mut().unwrap().remove(claim)),
    }
    claims
}

fn every_alteration() -> impl Iterator<Item = Option<Value>> {
    values().into_iter().map(Some).chain([None])
}

#[test]
fn i09_every_type_swap_and_deletion_in_an_id_token() {
    let issuer = issuer();
    let verifier = verifier(&issuer.jwks());
    let good = issuer.id_token_claims(CLIENT, NONCE, NOW);
    for claim in ID_TOKEN_CLAIMS {
        for value in every_alteration() {
            let raw = issuer.sign(&altered(good.clone(), claim, value.as_ref()));
            assert_eq!(login(&verifier, &raw), id_token_code(claim, value.as_ref()), "{claim}: {value:?}");
        }
    }
}

#[test]
fn i09_every_type_swap_and_deletion_in_a_logout_token() {
    let issuer = issuer();
    let verifier = verifier(&issuer.jwks());
    let good = issuer.logout_token_claims(CLIENT, "1", NOW);
    for claim in LOGOUT_TOKEN_CLAIMS {
        for value in every_alteration() {
            let raw = issuer.sign(&altered(good.clone(), claim, value.as_ref()));
            assert_eq!(
                logout(&verifier, &raw),
                logout_token_code(claim, value.as_ref()),
                "{claim}: {value:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Several broken claims are refused for one of them, and sound ones never hide them.
    #[test]
    fn i09_broken_claims_are_found_in_company(
        alterations in vec((select(&ID_TOKEN_CLAIMS), proptest::option::of(select(values()))), 1..5),
    ) {
        let issuer = issuer();
        let verifier = verifier(&issuer.jwks());
        let mut claims = issuer.id_token_claims(CLIENT, NONCE, NOW);
        let mut last = std::collections::BTreeMap::new();
        for (claim, value) in &alterations {
            claims = altered(claims, claim, value.as_ref());
            last.insert(*claim, value.as_ref());
        }
        let expected: Vec<_> = last.into_iter().filter_map(|(claim, value)| id_token_code(claim, value)).collect();
        match login(&verifier, &issuer.sign(&claims)) {
            None => prop_assert!(expected.is_empty(), "accepted: {claims}"),
            Some(code) => prop_assert!(expected.contains(&code), "{code}: {claims}"),
        }
    }

    /// Nothing that is not a token is one, and nothing panics.
    #[test]
    fn i01_arbitrary_text_is_refused(raw in "\\PC{0,200}|[A-Za-z0-9_.-]{0,300}|(eyJ[A-Za-z0-9_-]{0,60}\\.){2}[A-Za-z0-9_-]{0,90}") {
        let issuer = issuer();
        let verifier = verifier(&issuer.jwks());
        prop_assert!(login(&verifier, &raw).is_some());
        prop_assert!(logout(&verifier, &raw).is_some());
        prop_assert!(user_info(&verifier, &raw).is_some());
    }

    /// Cutting, doubling, swapping and overwriting parts of a valid token makes it invalid.
    #[test]
    fn i01_mutated_tokens_are_refused(
        mutation in 0..5_u8, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let issuer = issuer();
        let verifier = verifier(&issuer.jwks());
        let good = issuer.sign(&issuer.id_token_claims(CLIENT, NONCE, NOW)).into_bytes();
        let (at, other) = (at.index(good.len()), other.index(good.len()));
        let mut mutated = good.clone();
        match mutation {
            0 => mutated.truncate(at),
            1 => drop(mutated.remove(at)),
            2 => mutated.insert(at, byte & 0x7f),
            3 => mutated.swap(at, other),
            _ => mutated[at] = byte & 0x7f,
        }
        prop_assume!(mutated != good);
        let raw = String::from_utf8(mutated).unwrap();
        prop_assert!(login(&verifier, &raw).is_some(), "{raw}");
    }
}

#[test]
fn i01_every_single_bit_counts() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let issuer = TestIssuer::with_keys(ISSUER, [TestKey::new(algorithm, "k")]);
        let verifier = verifier(&issuer.jwks());
        let good = issuer.sign(&issuer.id_token_claims(CLIENT, NONCE, NOW)).into_bytes();
        for at in 0..good.len() {
            for bit in 0..7 {
                let mut flipped = good.clone();
                flipped[at] ^= 1 << bit;
                let raw = String::from_utf8(flipped).unwrap();
                assert!(login(&verifier, &raw).is_some(), "bit {bit} of byte {at} of {raw}");
            }
        }
        assert_eq!(login(&verifier, &String::from_utf8(good).unwrap()), None);
    }
}
