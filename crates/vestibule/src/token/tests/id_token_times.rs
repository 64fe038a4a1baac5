//! A19–A21, A25: when an ID token is good, to the second.

use std::time::Duration;

use super::*;
use crate::ConfigError;

const SKEW: u64 = 60;

#[test]
fn a19_exp_is_a_number_that_has_not_passed() {
    let world = World::new();
    let code = |exp: Value| world.login_code_of(&with(world.id_token(), "exp", exp));
    assert_eq!(world.login_code_of(&without(world.id_token(), "exp")), "jwt.claim_missing");
    for exp in [json!("999"), json!((NOW + 300).to_string()), Value::Null, json!([]), json!(true)] {
        assert_eq!(code(exp.clone()), "jwt.claim_type", "{exp}");
    }
    for exp in [
        json!(0),
        json!(-1),
        json!(-1.5),
        json!(i64::MIN),
        json!(NOW - SKEW - 1),
        json!(NOW - SKEW),
        json!((NOW - SKEW) as f64 + 0.9),
    ] {
        assert_eq!(code(exp.clone()), "id_token.expired", "{exp}");
    }
    for exp in [json!(NOW - SKEW + 1), json!((NOW + 1) as f64 + 0.5), json!(u64::MAX), json!(1e300)] {
        world.login(&world.sign(&with(world.id_token(), "exp", exp))).unwrap();
    }
}

#[test]
fn a19_skew_is_at_most_five_minutes() {
    let mut world = World::new();
    let raw = world.sign(&with(world.id_token(), "exp", NOW - 299));
    assert_eq!(world.login_code(&raw), "id_token.expired");
    world.policy = TokenPolicy::default().clock_skew(Duration::from_secs(300)).unwrap();
    world.login(&raw).unwrap();
    assert_eq!(TokenPolicy::default().clock_skew(Duration::from_secs(301)), Err(ConfigError::ClockSkew));
}

#[test]
fn a20_iat_is_recent_and_not_ahead() {
    let world = World::new();
    let code = |iat: Value| world.login_code_of(&with(world.id_token(), "iat", iat));
    assert_eq!(world.login_code_of(&without(world.id_token(), "iat")), "id_token.issued_at");
    for iat in [
        json!(NOW.to_string()),
        Value::Null,
        json!(NOW + SKEW + 1),
        json!(NOW - 601),
        json!(NOW - 7 * 24 * 3600),
        json!(-1),
        json!(u64::MAX),
    ] {
        assert_eq!(code(iat.clone()), "id_token.issued_at", "{iat}");
    }
    for iat in [NOW + SKEW, NOW - 600] {
        world.login(&world.sign(&with(world.id_token(), "iat", iat))).unwrap();
    }
}

#[test]
fn a21_nbf_is_obeyed_where_it_is_present() {
    let world = World::new();
    for nbf in [json!(NOW + SKEW + 1), json!("0"), Value::Null, json!([NOW])] {
        let code = world.login_code_of(&with(world.id_token(), "nbf", nbf.clone()));
        assert_eq!(code, "id_token.not_yet_valid", "{nbf}");
    }
    for nbf in [0, NOW + SKEW] {
        world.login(&world.sign(&with(world.id_token(), "nbf", nbf))).unwrap();
    }
}

#[test]
fn a25_auth_time_satisfies_max_age() {
    let world = World::new();
    let nonce = Nonce::new(NONCE);
    let rules = IdTokenRules::login(&nonce).max_age(Some(Duration::from_secs(100)));
    let verify = |claims: Value| world.verify_id_token(&world.sign(&claims), rules);
    for auth_time in [NOW, NOW - 100, NOW - 100 - SKEW, NOW + SKEW] {
        let token = verify(with(world.id_token(), "auth_time", auth_time)).unwrap();
        assert_eq!(token.auth_time(), Some(ProviderTime::from_secs(auth_time)));
    }
    for auth_time in [json!(NOW - 100 - SKEW - 1), json!(0), json!(NOW.to_string()), Value::Null] {
        let refused = code(verify(with(world.id_token(), "auth_time", auth_time.clone())));
        assert_eq!(refused, "id_token.auth_insufficient", "{auth_time}");
    }
    assert_eq!(code(verify(world.id_token())), "id_token.auth_insufficient");
}

#[test]
fn h11_no_clock_makes_arithmetic_fail() {
    let world = World::new();
    let raw = world.sign(&world.id_token());
    for (now, expected) in [(0, "id_token.issued_at"), (u64::MAX, "id_token.expired")] {
        let world = World { now, ..World::new() };
        assert_eq!(world.login_code(&raw), expected);
    }
}
