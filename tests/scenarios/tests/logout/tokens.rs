//! The rules of tokens, once more through this endpoint: whatever is wrong, nothing happens.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use scenarios::{Bare, Calls, DASHBOARD, DOCS, Mount, World, on_every_mount, provider::ISSUER};
use serde_json::{Value, json};
use vestibule::{
    Algorithm, Clock,
    testing::{TestIssuer, TestKey},
};

use crate::support::{assert_done, assert_refused, hear, is_in, issuer, key, snapshot, with, without};

on_every_mount! {
    b05_the_rules_of_every_token_hold
    b06_to_b19_the_rules_of_logout_tokens_hold
    b24_other_kinds_of_token_are_refused
}

/// What is wrong, the token, the code that it is refused with.
type Bad = (&'static str, String, &'static str);

async fn b05_the_rules_of_every_token_hold(mount: &'static dyn Mount) -> World {
    refuse_all(mount, bad_tokens).await
}

async fn b06_to_b19_the_rules_of_logout_tokens_hold(mount: &'static dyn Mount) -> World {
    refuse_all(mount, bad_logout_tokens).await
}

async fn b24_other_kinds_of_token_are_refused(mount: &'static dyn Mount) -> World {
    refuse_all(mount, other_kinds).await
}

async fn refuse_all(mount: &'static dyn Mount, bad: fn(&World) -> Vec<Bad>) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let before = snapshot(&world).await;
    for (what, token, code) in bad(&world) {
        assert_refused(&hear(&world, &token).await, code, what);
    }
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
    assert!(is_in(&alice, &world).await);
    assert_done(&hear(&world, &issuer().sign(&good(&world))).await);
    assert!(!is_in(&alice, &world).await, "the good one works");
    world
}

/// A good logout token about alice.
fn good(world: &World) -> Value {
    let mut claims = issuer().logout_token_claims(DASHBOARD, "the-good-one", world.clock().now());
    without(&mut claims, "sid");
    claims
}

fn encode(part: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part)
}

fn bad_tokens(world: &World) -> Vec<Bad> {
    let (key, claims) = (key(), good(world));
    let (header, payload) = (key.header(), claims.to_string());
    let token = issuer().sign(&claims);
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
    let attacker = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    let unsigned = |header: Value| format!("{}.{body}", encode(header.to_string()));
    let hs256 = |secret: Vec<u8>| {
        let input = unsigned(with(header.clone(), "alg", "HS256"));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input.as_bytes());
        format!("{input}.{}", encode(tag))
    };
    let twice = |text: &str, member: &str, value: &Value| {
        text.replacen('{', &format!("{{{}:{value},", json!(member)), 1)
    };
    let flipped = |part: &str| {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        encode(bytes)
    };
    let deep = with(claims.clone(), "deep", Value::Null)
        .to_string()
        .replace("null", &format!("{}{}", "[".repeat(32), "]".repeat(32)));
    let jwe = encode(json!({ "alg": "RSA-OAEP", "enc": "A256GCM" }).to_string());
    let signed_with = |header: Value| key.token(&header, &claims);
    let forged_with = |header: Value| attacker.token(&header, &claims);
    vec![
        (
            "JSON form",
            json!({ "payload": body, "protected": head, "signature": signature }).to_string(),
            "jwt.malformed",
        ),
        ("two parts", format!("{head}.{body}"), "jwt.malformed"),
        ("four parts", format!("{token}.{signature}"), "jwt.malformed"),
        ("padding", format!("{token}=="), "jwt.malformed"),
        ("a newline inside", token.replacen('.', ".\n", 1), "jwt.malformed"),
        ("a trailing dot", format!("{token}."), "jwt.malformed"),
        ("17 KiB", format!("{token}{}", "A".repeat(16 * 1024)), "jwt.too_large"),
        (
            "iss twice",
            key.token_of(header.to_string(), twice(&payload, "iss", &claims["iss"])),
            "jwt.malformed",
        ),
        (
            "events twice",
            key.token_of(header.to_string(), twice(&payload, "events", &json!({}))),
            "jwt.malformed",
        ),
        (
            "alg twice",
            key.token_of(twice(&header.to_string(), "alg", &json!("none")), &payload),
            "jwt.malformed",
        ),
        ("a list of claims", key.token_of(header.to_string(), format!("[{payload}]")), "jwt.malformed"),
        ("null", key.token_of(header.to_string(), "null"), "jwt.malformed"),
        ("33 levels", key.token_of(header.to_string(), deep), "jwt.malformed"),
        ("none", format!("{}.", unsigned(json!({ "alg": "none" }))), "jwt.alg_none"),
        ("nOnE with a signature", signed_with(json!({ "alg": "nOnE" })), "jwt.alg_none"),
        ("RS256 without signature", format!("{head}.{body}."), "jwt.alg_none"),
        ("HS256 with the public key", hs256(key.bare_jwk().to_string().into_bytes()), "jwt.alg_not_allowed"),
        (
            "HS256 with the client secret",
            hs256(b"canary-secret-of-dashboard".to_vec()),
            "jwt.alg_not_allowed",
        ),
        ("HS256 with nothing", hs256(Vec::new()), "jwt.alg_not_allowed"),
        (
            "an algorithm off the list",
            signed_with(with(header.clone(), "alg", "PS256")),
            "jwt.alg_not_allowed",
        ),
        ("lower case", signed_with(with(header.clone(), "alg", "rs256")), "jwt.alg_not_allowed"),
        ("no algorithm", signed_with(json!({ "kid": "rs256" })), "jwt.alg_not_allowed"),
        (
            "changed claims",
            format!("{head}.{}.{signature}", encode(payload.replace("alice", "bobby"))),
            "jwt.bad_signature",
        ),
        (
            "a flipped bit in the signature",
            format!("{head}.{body}.{}", flipped(signature)),
            "jwt.bad_signature",
        ),
        ("half a signature", format!("{head}.{body}.{}", encode([7; 128])), "jwt.bad_signature"),
        ("another key of that name", forged_with(header.clone()), "jwt.bad_signature"),
        ("jwk", forged_with(with(header.clone(), "jwk", attacker.jwk())), "jwt.bad_signature"),
        ("jku", forged_with(with(header.clone(), "jku", "https://evil.example/jwks")), "jwt.bad_signature"),
        ("x5u", forged_with(with(header.clone(), "x5u", "https://evil.example/cert")), "jwt.bad_signature"),
        ("crit", signed_with(with(header.clone(), "crit", json!(["x"]))), "jwt.crit_unsupported"),
        ("an empty crit", signed_with(with(header.clone(), "crit", json!([]))), "jwt.crit_unsupported"),
        ("encrypted", format!("{jwe}.AAAA.AAAA.AAAA.AAAA"), "jwt.jwe_refused"),
    ]
}

fn bad_logout_tokens(world: &World) -> Vec<Bad> {
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
    let (claims, now) = (good(world), world.clock().now().as_secs());
    let sign = |claims: Value| issuer().sign(&claims);
    let set = |claim: &str, value: Value| sign(with(claims.clone(), claim, value));
    let lacking = |claim: &str| {
        let mut claims = claims.clone();
        without(&mut claims, claim);
        sign(claims)
    };
    let elsewhere = TestIssuer::new("https://other.example");
    vec![
        ("typ of an access token", issuer().sign_typed("at+jwt", &claims), "logout.wrong_type"),
        ("an unknown typ", issuer().sign_typed("unknown", &claims), "logout.wrong_type"),
        ("another issuer", sign(with(claims.clone(), "iss", elsewhere.issuer())), "logout.issuer_mismatch"),
        ("a slash behind the issuer", set("iss", json!(format!("{ISSUER}/"))), "logout.issuer_mismatch"),
        ("no issuer", lacking("iss"), "logout.issuer_mismatch"),
        ("another application", set("aud", json!(DOCS)), "logout.audience_mismatch"),
        ("a second audience", set("aud", json!([DASHBOARD, "other"])), "logout.audience_mismatch"),
        ("no audience", set("aud", json!([])), "logout.audience_mismatch"),
        ("no iat", lacking("iat"), "logout.issued_at"),
        ("from the future", set("iat", json!(now + 61)), "logout.issued_at"),
        ("stale", set("iat", json!(now - 301)), "logout.issued_at"),
        ("no exp", lacking("exp"), "logout.expired"),
        ("expired", set("exp", json!(now - 61)), "logout.expired"),
        ("no jti", lacking("jti"), "jwt.claim_missing"),
        ("an empty jti", set("jti", json!("")), "jwt.claim_type"),
        ("no events", lacking("events"), "logout.events"),
        ("events as a list", set("events", json!([EVENT])), "logout.events"),
        ("the event as null", set("events", json!({ EVENT: null })), "logout.events"),
        ("a nonce", set("nonce", json!("n")), "logout.nonce_present"),
        ("a nonce of null", set("nonce", Value::Null), "logout.nonce_present"),
        ("nobody", lacking("sub"), "logout.subject_missing"),
        ("an empty sub", set("sub", json!("")), "logout.subject_missing"),
        ("sub as a number", set("sub", json!(7)), "jwt.claim_type"),
    ]
}

fn other_kinds(world: &World) -> Vec<Bad> {
    let (issuer, now) = (issuer(), world.clock().now());
    let seconds = now.as_secs();
    let id_token = issuer.id_token_claims(DASHBOARD, "n", now);
    let mut id_token_without_nonce = id_token.clone();
    without(&mut id_token_without_nonce, "nonce");
    let access_token = json!({
        "iss": ISSUER, "sub": "alice", "aud": DASHBOARD, "client_id": DASHBOARD, "jti": "1",
        "iat": seconds, "exp": seconds + 300,
    });
    let revoked = json!({ "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} });
    let event = with(good(world), "events", revoked);
    let assertion = json!({
        "iss": DASHBOARD, "sub": DASHBOARD, "aud": ISSUER, "jti": "1", "iat": seconds, "exp": seconds + 60,
    });
    let proof = json!({ "htm": "POST", "htu": "https://app.acme.example", "iat": seconds, "jti": "1" });
    let authorization = json!({
        "iss": ISSUER, "aud": DASHBOARD, "exp": seconds + 300, "code": "c", "state": "s",
    });
    vec![
        ("an ID token", issuer.sign(&id_token), "logout.events"),
        ("an ID token without nonce", issuer.sign(&id_token_without_nonce), "logout.events"),
        ("an access token", issuer.sign_typed("at+jwt", &access_token), "logout.wrong_type"),
        ("an access token without typ", issuer.sign(&access_token), "logout.events"),
        ("a session-revoked event", issuer.sign_typed("secevent+jwt", &event), "logout.wrong_type"),
        ("a session-revoked event without typ", issuer.sign(&event), "logout.events"),
        ("a client assertion", issuer.sign(&assertion), "logout.events"),
        ("a DPoP proof", issuer.sign_typed("dpop+jwt", &proof), "logout.wrong_type"),
        ("an authorization response", issuer.sign(&authorization), "logout.events"),
        ("a UserInfo answer", issuer.sign(&issuer.user_info_claims(DASHBOARD)), "logout.events"),
    ]
}

/// A key that is not in the key set costs one look for a newer set, whoever brings it.
#[tokio::test(start_paused = true)]
async fn b08_keys_of_nobody_verify_nothing() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let stranger = TestKey::numbered(Algorithm::Rs256, "stranger", 1);
    let claims = good(&world);
    let before = snapshot(&world).await;
    for (what, header) in [
        ("its own name", stranger.header()),
        ("with jwk", with(stranger.header(), "jwk", stranger.jwk())),
        ("with x5c", with(stranger.header(), "x5c", json!(["MIIB"]))),
    ] {
        assert_refused(&hear(&world, &stranger.token(&header, &claims)).await, "jwt.key_not_found", what);
    }
    let one_look = Calls { keys: 1, ..Calls::NONE };
    snapshot(&world).await.assert_unchanged_since(&before, one_look);
    assert!(is_in(&alice, &world).await);
}
