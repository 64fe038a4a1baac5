//! C20: what Scalekit's request to log in must be.

use super::*;
use crate::Algorithm;

fn claims(world: &World) -> Value {
    world.issuer.idp_initiated_login_claims(ProviderTime::from_secs(NOW))
}

/// The code that a request to log in is refused with. The keys were not asked twice.
fn refused(world: &World, raw: &str) -> &'static str {
    let code = code(world.idp_initiated(raw));
    assert_eq!(world.keys.misses(), 0, "newer keys were asked for");
    code
}

#[test]
fn a_good_request_to_log_in_is_accepted() {
    let world = World::new();
    let claims = with(claims(&world), "relay_state", "https://evil.example/");
    for raw in [world.sign(&claims), world.issuer.sign_typed("JWT", &claims)] {
        let asked = world.idp_initiated(&raw).unwrap();
        assert_eq!((asked.connection_id(), asked.organization_id()), ("conn_1", "org_1"));
        assert_eq!(asked.login_hint(), Some("alice@acme.example"));
        assert_eq!(asked.untrusted_relay_state(), Some("https://evil.example/"));
        assert_eq!(asked.refused_from().as_secs(), NOW + 300 + 60);
        assert_eq!(asked.claim("nbf"), Some(&json!(NOW)));
        assert!(!format!("{asked:?}").contains("alice"));
    }
    let bare = without(without(claims, "login_hint"), "relay_state");
    let asked = world.idp_initiated(&world.sign(&without(bare, "nbf"))).unwrap();
    assert_eq!((asked.login_hint(), asked.untrusted_relay_state()), (None, None));
}

#[test]
fn c20_other_types_and_kinds_ask_for_no_login() {
    let world = World::new();
    let good = claims(&world);
    for typ in ["at+jwt", "logout+jwt", "secevent+jwt", "unknown", ""] {
        let raw = world.issuer.sign_typed(typ, &good);
        assert_eq!(refused(&world, &raw), "idp_initiated.wrong_type", "{typ}");
    }
    let long = "c".repeat(256);
    for (input, claims) in [
        ("no connection", without(good.clone(), "connection_id")),
        ("an empty connection", with(good.clone(), "connection_id", "")),
        ("a connection that is a number", with(good.clone(), "connection_id", 1)),
        ("a connection with a space", with(good.clone(), "connection_id", "conn 1")),
        ("a long connection", with(good.clone(), "connection_id", long.clone())),
        ("no organization", without(good.clone(), "organization_id")),
        ("an organization that is null", with(good.clone(), "organization_id", Value::Null)),
        ("a long organization", with(good.clone(), "organization_id", long)),
        ("a user", with(good.clone(), "sub", "usr_1")),
        ("a session", with(good.clone(), "sid", "ses_1")),
        ("an event", with(good.clone(), "events", json!({}))),
        ("a nonce", with(good.clone(), "nonce", NONCE)),
        ("an access token", with(with(good.clone(), "client_id", CLIENT), "jti", "tkn_1")),
        ("an authorization response", with(good, "code", "c")),
    ] {
        assert_eq!(refused(&world, &world.sign(&claims)), "idp_initiated.wrong_kind", "{input}");
    }
    assert_eq!(world.keys.asked(), 0, "no key was needed to see that");
}

#[test]
fn c20_issuer_and_audience_are_exact() {
    let world = World::new();
    let good = claims(&world);
    for issuer in ["https://other.example", "https://op.example/", "https://OP.example", ""] {
        let raw = world.sign(&with(good.clone(), "iss", issuer));
        assert_eq!(refused(&world, &raw), "idp_initiated.issuer_mismatch", "{issuer}");
    }
    assert_eq!(refused(&world, &world.sign(&without(good.clone(), "iss"))), "idp_initiated.issuer_mismatch");
    assert_eq!(world.keys.asked(), 0);
    for audience in [json!("docs-portal"), json!([]), json!([CLIENT, "docs-portal"]), json!(1), Value::Null] {
        let raw = world.sign(&with(good.clone(), "aud", audience.clone()));
        assert_eq!(refused(&world, &raw), "idp_initiated.audience_mismatch", "{audience}");
    }
    world.idp_initiated(&world.sign(&with(good, "aud", json!([CLIENT])))).unwrap();
}

#[test]
fn c20_times_bound_the_age() {
    let world = World::new();
    let good = claims(&world);
    for (input, claims, expected) in [
        ("no exp", without(good.clone(), "exp"), "idp_initiated.expired"),
        ("exp that is text", with(good.clone(), "exp", "never"), "idp_initiated.expired"),
        ("exp passed", with(good.clone(), "exp", NOW - 60), "idp_initiated.expired"),
        ("no iat", without(good.clone(), "iat"), "idp_initiated.issued_at"),
        ("iat that is text", with(good.clone(), "iat", "now"), "idp_initiated.issued_at"),
        ("iat ahead", with(good.clone(), "iat", NOW + 61), "idp_initiated.issued_at"),
        ("iat long ago", with(good.clone(), "iat", NOW - 360), "idp_initiated.issued_at"),
        ("nbf ahead", with(good.clone(), "nbf", NOW + 61), "idp_initiated.not_yet_valid"),
        ("nbf that is text", with(good.clone(), "nbf", "now"), "idp_initiated.not_yet_valid"),
    ] {
        assert_eq!(refused(&world, &world.sign(&claims)), expected, "{input}");
    }
    for claim in ["login_hint", "relay_state"] {
        assert_eq!(refused(&world, &world.sign(&with(good.clone(), claim, 1))), "jwt.claim_type", "{claim}");
    }
}

#[test]
fn c20_a_replay_is_known_by_what_is_signed() {
    let world = World::with_keys([TestKey::new(Algorithm::Es256, "es256")]);
    let key = |claims: &Value| world.idp_initiated(&world.sign(claims)).unwrap().replay_key().to_owned();
    let good = claims(&world);
    assert_ne!(world.sign(&good), world.sign(&good), "the signature differs each time");
    assert_eq!(key(&good), key(&good));
    assert_ne!(key(&good), key(&with(good.clone(), "iat", NOW - 1)));
}

#[test]
fn c20_the_jwt_rules_hold() {
    let world = World::new();
    let attacker = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    let good = claims(&world);
    assert_eq!(refused(&world, &attacker.token(&attacker.header(), &good)), "jwt.bad_signature");
    assert_eq!(refused(&world, &world.key().token(&json!({ "alg": "none" }), &good)), "jwt.alg_none");
}
