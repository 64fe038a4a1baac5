//! What every verifier must accept, and what ours does besides.

use serde_json::json;
use vestibule::{Algorithm, testing::TestKey};

use crate::{Case, Login, Refusal, Setting};

pub(super) fn cases() -> Vec<Case> {
    let signed = |token, algorithm| Case::new("+", token, Login::token).at(Setting::signing(algorithm));
    let two_keys = || {
        Setting::with_keys([
            TestKey::new(Algorithm::Rs256, "new"),
            TestKey::numbered(Algorithm::Rs256, "old", 1),
        ])
    };
    let unlike_keys =
        Setting::with_keys([TestKey::new(Algorithm::Es256, "ec"), TestKey::new(Algorithm::Rs256, "rsa")]);
    vec![
        Case::new("+", "RS256", Login::token),
        signed("RS384", Algorithm::Rs384),
        signed("RS512", Algorithm::Rs512),
        signed("PS256", Algorithm::Ps256),
        signed("PS512", Algorithm::Ps512),
        signed("ES256", Algorithm::Es256),
        signed("ES384", Algorithm::Es384),
        signed("EdDSA with Ed25519", Algorithm::EdDsa),
        Case::new("+", "`typ`: `JWT`", |login| login.with_header("typ", "JWT")),
        Case::new("+", "`typ`: `application/jwt`", |login| login.with_header("typ", "application/jwt")),
        Case::new("+", "no `kid`, one key", |login| login.without_header("kid")),
        Case::new("+", "no `kid`, two keys of which one is of the right type", |login| {
            login.without_header("kid")
        })
        .at(unlike_keys),
        Case::new("+", "two keys, told apart by `kid`", Login::token).at(two_keys()),
        Case::new("+", "the key has no `alg` and no `use`", Login::token)
            .at(Setting::new().publishing_bare_keys()),
        Case::new("+", "an unknown header member", |login| login.with_header("x-trace", "7")),
        Case::new("+", "unknown claims", |login| {
            login.with_claims([("roles", json!(["admin"])), ("org", json!({ "id": 42 }))])
        }),
        Case::new("+", "times with a fraction", |login| {
            let claims = login.claims();
            let later = |claim: &str| json!(claims[claim].as_f64().map(|seconds| seconds + 0.5));
            login.with_claims([("iat", later("iat")), ("exp", later("exp"))])
        }),
        Case::new("+", "Ed25519 under its fully specified name", Login::token)
            .at(Setting::signing(Algorithm::Ed25519))
            .refused_by_them(Refusal::Unreadable, "it does not know RFC 9864 yet"),
        Case::new("A11", "no `kid`, two keys of the right type", |login| login.without_header("kid"))
            .at(two_keys())
            .refused_by_them(
                Refusal::ManyKeys,
                "Core 10.1 demands a `kid` here, yet providers leave it out while a key is rotated: up to four keys are tried",
            ),
        Case::new("+", "two keys under the same `kid`", Login::token)
            .at(Setting::with_keys([
                TestKey::new(Algorithm::Rs256, "same"),
                TestKey::numbered(Algorithm::Rs256, "same", 1),
            ]))
            .refused_by_them(
                Refusal::ManyKeys,
                "RFC 7517 4.5 only says SHOULD about distinct `kid`s: up to four keys are tried",
            ),
        Case::new("+", "`updated_at` as text", |login| {
            login.with_claim("updated_at", "2026-05-28T19:46:40.000Z")
        })
        .refused_by_them(Refusal::Unreadable, NO_RULE_NEEDS_IT),
        Case::new("+", "`address` as text", |login| login.with_claim("address", "Main Street 1"))
            .refused_by_them(Refusal::Unreadable, NO_RULE_NEEDS_IT),
        Case::new("A29", "`email_verified` as text", |login| login.with_claim("email_verified", "true"))
            .refused_by_them(
                Refusal::Unreadable,
                "some providers send it so; the user is logged in, and the address does not count as verified",
            ),
    ]
}

const NO_RULE_NEEDS_IT: &str =
    "providers send it so, and no rule needs this claim: it is left for the application to read";
