//! B05–B12, B16–B19, B24: what a logout token must be.

use std::time::Duration;

use super::*;
use crate::{Algorithm, LogoutTokenPolicy};

const SKEW: u64 = 60;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn with_policy(policy: LogoutTokenPolicy) -> World {
    World { policy: TokenPolicy::default().logout_tokens(policy), ..World::new() }
}

#[test]
fn a_good_logout_token_is_accepted() {
    let world = World::new();
    let token = world.logout(&world.sign(&with(world.logout_token(), "ignored_claim", "x"))).unwrap();
    assert_eq!((token.issuer(), token.subject(), token.sid()), (ISSUER, Some("alice"), Some("sid-1")));
    assert_eq!((token.jwt_id(), token.issued_at().as_secs()), ("jti-1", NOW));
    assert_eq!(token.expires_at().as_secs(), NOW + 120);
    assert_eq!(token.claim("ignored_claim"), Some(&json!("x")));
}

#[test]
fn b05_the_jwt_rules_hold() {
    let es256 = TestKey::new(Algorithm::Es256, "es256");
    let rs256 = TestKey::new(Algorithm::Rs256, "rs256");
    let world = World::of(TestIssuer::with_keys(ISSUER, [rs256.clone(), es256.clone()]));
    let claims = world.logout_token();
    let attacker = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    let header = rs256.header();
    let good = world.sign(&claims);
    for (input, raw, expected) in [
        ("none", rs256.token(&json!({ "alg": "none" }), &claims), "jwt.alg_none"),
        ("nOnE", rs256.token(&json!({ "alg": "nOnE" }), &claims), "jwt.alg_none"),
        ("HS256", rs256.token(&with(header.clone(), "alg", "HS256"), &claims), "jwt.alg_not_allowed"),
        ("a genuine ES256 key", es256.token(&es256.header(), &claims), "jwt.alg_not_allowed"),
        ("another key", attacker.token(&header, &claims), "jwt.bad_signature"),
        ("jwk", attacker.token(&with(header.clone(), "jwk", attacker.jwk()), &claims), "jwt.bad_signature"),
        (
            "jku",
            attacker.token(&with(header.clone(), "jku", "https://evil.example"), &claims),
            "jwt.bad_signature",
        ),
        ("crit", rs256.token(&with(header.clone(), "crit", json!(["x"])), &claims), "jwt.crit_unsupported"),
        (
            "sub twice",
            rs256.token_of(header.to_string(), json_with_repeated(&claims, "sub")),
            "jwt.malformed",
        ),
        ("JSON form", json!({ "payload": good, "signatures": [] }).to_string(), "jwt.malformed"),
    ] {
        assert_eq!(world.logout_code(&raw), expected, "{input}");
    }
}

#[test]
fn b06_typ_is_absent_jwt_or_logout_jwt() {
    let typed = |world: &World, typ: &Value| {
        world.key().token(&with(world.key().header(), "typ", typ.clone()), &world.logout_token())
    };
    let world = World::new();
    for typ in ["logout+jwt", "LOGOUT+JWT", "application/logout+jwt", "Application/Logout+JWT", "JWT", "jwt"]
    {
        world.logout(&typed(&world, &json!(typ))).unwrap();
    }
    for typ in [
        json!("at+jwt"),
        json!("secevent+jwt"),
        json!("dpop+jwt"),
        json!("unknown"),
        json!("application/"),
        json!("text/logout+jwt"),
        json!(1),
        Value::Null,
    ] {
        assert_eq!(world.logout_code(&typed(&world, &typ)), "logout.wrong_type", "{typ}");
    }
    let strict = with_policy(LogoutTokenPolicy::default().strict_typ(true));
    strict.logout(&typed(&strict, &json!("logout+jwt"))).unwrap();
    assert_eq!(strict.logout_code(&typed(&strict, &json!("JWT"))), "logout.wrong_type");
    assert_eq!(strict.logout_code_of(&strict.logout_token()), "logout.wrong_type");
}

#[test]
fn b07_an_unknown_issuer_asks_no_keys() {
    let world = World::new();
    for issuer in [json!("https://other.example"), json!("https://op.example/"), json!(1), Value::Null] {
        let code = world.logout_code_of(&with(world.logout_token(), "iss", issuer.clone()));
        assert_eq!(code, "logout.issuer_mismatch", "{issuer}");
    }
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "iss")), "logout.issuer_mismatch");
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn b08_keys_of_another_issuer_never_verify() {
    let world = World::new();
    let other = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    assert_eq!(world.logout_code(&other.token(&other.header(), &world.logout_token())), "jwt.bad_signature");
    let named = TestKey::numbered(Algorithm::Rs256, "b-key", 1);
    assert_eq!(code(world.logout(&named.token(&named.header(), &world.logout_token()))), "jwt.key_not_found");
}

#[test]
fn b09_the_audience_is_this_client() {
    let mut world = World::new();
    for audience in [json!([]), json!("docs-portal"), json!([CLIENT, "project"]), json!(1), Value::Null] {
        let code = world.logout_code_of(&with(world.logout_token(), "aud", audience.clone()));
        assert_eq!(code, "logout.audience_mismatch", "{audience}");
    }
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "aud")), "logout.audience_mismatch");
    world.policy = TokenPolicy::default().trusted_audiences(["project"]);
    world.logout(&world.sign(&with(world.logout_token(), "aud", json!([CLIENT, "project"])))).unwrap();
}

#[test]
fn b10_iat_is_recent_and_not_ahead() {
    let world = World::new();
    let at = |iat: Value| with(with(world.logout_token(), "iat", iat), "exp", NOW + 600);
    for iat in
        [json!(NOW.to_string()), Value::Null, json!(NOW + SKEW + 1), json!(NOW - 301), json!(0), json!(-5)]
    {
        assert_eq!(world.logout_code_of(&at(iat.clone())), "logout.issued_at", "{iat}");
    }
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "iat")), "logout.issued_at");
    for iat in [NOW + SKEW, NOW - 300] {
        world.logout(&world.sign(&at(json!(iat)))).unwrap();
    }
}

#[test]
fn b11_exp_is_required_and_bounded() {
    let world = World::new();
    let code = |exp: Value| world.logout_code_of(&with(world.logout_token(), "exp", exp));
    for exp in [json!(NOW - SKEW), json!(0), json!(-1), json!((NOW + 120).to_string()), Value::Null] {
        assert_eq!(code(exp.clone()), "logout.expired", "{exp}");
    }
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "exp")), "logout.expired");
    world.logout(&world.sign(&with(world.logout_token(), "exp", NOW - SKEW + 1))).unwrap();
    let token = world.logout(&world.sign(&with(world.logout_token(), "exp", u64::MAX))).unwrap();
    assert_eq!(token.expires_at().as_secs(), NOW + 600);
}

#[test]
fn b11_tokens_without_exp_need_the_named_quirk() {
    let world = with_policy(LogoutTokenPolicy::default().legacy_exp(Duration::from_secs(120)));
    let old = |iat: u64| without(with(world.logout_token(), "iat", iat), "exp");
    let token = world.logout(&world.sign(&old(NOW))).unwrap();
    assert_eq!(token.expires_at().as_secs(), NOW + 120);
    world.logout(&world.sign(&old(NOW - 120 - SKEW + 1))).unwrap();
    assert_eq!(world.logout_code_of(&old(NOW - 120 - SKEW)), "logout.expired");
    let code = world.logout_code_of(&with(world.logout_token(), "exp", Value::Null));
    assert_eq!(code, "logout.expired", "null is not absent");
    let forever = with_policy(LogoutTokenPolicy::default().legacy_exp(Duration::MAX));
    let token = forever.logout(&forever.sign(&old(NOW))).unwrap();
    assert_eq!(token.expires_at().as_secs(), NOW + 600);
}

#[test]
fn b12_jti_is_a_proper_string() {
    let world = World::new();
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "jti")), "jwt.claim_missing");
    for jti in [json!(""), json!(1), Value::Null, json!("j".repeat(256)), json!("j".repeat(10 * 1024))] {
        assert_eq!(world.logout_code_of(&with(world.logout_token(), "jti", jti)), "jwt.claim_type");
    }
    world.logout(&world.sign(&with(world.logout_token(), "jti", "j".repeat(255)))).unwrap();
}

#[test]
fn b16_events_announce_a_logout() {
    let world = World::new();
    let event = |name: &str, value: Value| Value::Object([(name.to_owned(), value)].into_iter().collect());
    for events in [
        json!([EVENT]),
        json!(EVENT),
        json!({}),
        Value::Null,
        event("http://schemas.openid.net/event/foobar", json!({})),
        event("https://schemas.openid.net/event/backchannel-logout", json!({})),
        event("http://schemas.openid.net/event/backchannel-logout/", json!({})),
        event(EVENT, Value::Null),
        event(EVENT, json!(true)),
        event(EVENT, json!("")),
        event(EVENT, json!([])),
        event(EVENT, json!(1)),
    ] {
        let code = world.logout_code_of(&with(world.logout_token(), "events", events.clone()));
        assert_eq!(code, "logout.events", "{events}");
    }
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "events")), "logout.events");
    assert_eq!(world.keys.asked(), 0);
    for events in [event(EVENT, json!({ "a": 1 })), json!({ EVENT: {}, "urn:other": true })] {
        world.logout(&world.sign(&with(world.logout_token(), "events", events))).unwrap();
    }
}

#[test]
fn b17_a_nonce_is_refused_whatever_it_is() {
    let world = World::new();
    for nonce in [json!("n"), json!(""), Value::Null, json!(0), json!(false)] {
        let code = world.logout_code_of(&with(world.logout_token(), "nonce", nonce.clone()));
        assert_eq!(code, "logout.nonce_present", "{nonce}");
    }
}

#[test]
fn b18_somebody_is_logged_out() {
    let world = World::new();
    let only = |subject: Option<Value>, sid: Option<Value>| {
        let mut claims = without(without(world.logout_token(), "sub"), "sid");
        for (claim, value) in [("sub", subject), ("sid", sid)] {
            if let Some(value) = value {
                claims = with(claims, claim, value);
            }
        }
        claims
    };
    let text = |text: &str| Some(json!(text));
    for (subject, sid) in [(None, None), (text(""), text("")), (text(""), text("s")), (text("a"), text(""))] {
        assert_eq!(world.logout_code_of(&only(subject, sid)), "logout.subject_missing");
    }
    for (subject, sid) in [
        (text("alice"), Some(json!(1))),
        (Some(json!(["alice"])), None),
        (text("alice"), Some(Value::Null)),
        (Some(Value::Null), text("sid-1")),
    ] {
        assert_eq!(world.logout_code_of(&only(subject, sid)), "jwt.claim_type");
    }
    let token = world.logout(&world.sign(&only(None, text("sid-1")))).unwrap();
    assert_eq!((token.subject(), token.sid()), (None, Some("sid-1")));
    let token = world.logout(&world.sign(&only(text("alice"), None))).unwrap();
    assert_eq!((token.subject(), token.sid()), (Some("alice"), None));
}

#[test]
fn b19_sid_where_the_client_needs_it() {
    let world = with_policy(LogoutTokenPolicy::default().sid_required(true));
    world.logout(&world.sign(&world.logout_token())).unwrap();
    assert_eq!(world.logout_code_of(&without(world.logout_token(), "sid")), "logout.sid_required");
}

#[test]
fn b24_other_kinds_are_refused() {
    let world = World::new();
    let typed = |typ: &str, claims: &Value| world.issuer.sign_typed(typ, claims);
    let jarm = json!({ "iss": ISSUER, "aud": CLIENT, "exp": NOW + 300, "code": "c", "state": "s" });
    let access_token = json!({
        "iss": ISSUER, "sub": "alice", "aud": CLIENT, "client_id": CLIENT, "jti": "1", "iat": NOW, "exp": NOW + 300,
    });
    let assertion =
        json!({ "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "jti": "1", "iat": NOW, "exp": NOW + 60 });
    let revoked = json!({ "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} });
    let set = with(without(world.logout_token(), "exp"), "events", revoked);
    let proof = json!({ "htm": "POST", "htu": "https://app.example", "iat": NOW, "jti": "1" });
    for (kind, raw, expected) in [
        ("an ID token", world.sign(&world.id_token()), "logout.events"),
        ("an ID token without nonce", world.sign(&without(world.id_token(), "nonce")), "logout.events"),
        ("an access token", typed("at+jwt", &access_token), "logout.wrong_type"),
        ("an access token without typ", world.sign(&access_token), "logout.events"),
        ("a session-revoked event", typed("secevent+jwt", &set), "logout.wrong_type"),
        ("a session-revoked event without typ", world.sign(&set), "logout.events"),
        ("a client assertion", world.sign(&assertion), "logout.events"),
        ("a DPoP proof", typed("dpop+jwt", &proof), "logout.wrong_type"),
        ("an authorization response", world.sign(&jarm), "logout.events"),
        ("a UserInfo answer", world.sign(&world.issuer.user_info_claims(CLIENT)), "logout.events"),
    ] {
        assert_eq!(world.logout_code(&raw), expected, "{kind}");
    }
}
