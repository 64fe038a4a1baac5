//! A14–A18, A22–A26, A29: what an ID token must say.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256, Sha512};

use super::*;
use crate::{AccessToken, Algorithm, AuthorizationCode, AzpCheck};

#[test]
fn a14_typ_is_absent_or_jwt() {
    let world = World::new();
    let typed = |typ: Value| world.key().token(&with(world.key().header(), "typ", typ), &world.id_token());
    for typ in ["JWT", "jwt", "application/jwt"] {
        world.login(&typed(json!(typ))).unwrap();
    }
    for typ in [
        json!("logout+jwt"),
        json!("application/logout+jwt"),
        json!("at+jwt"),
        json!("secevent+jwt"),
        json!("dpop+jwt"),
        json!("JWT "),
        json!("unknown"),
        json!(""),
        json!(1),
        Value::Null,
    ] {
        assert_eq!(world.login_code(&typed(typ.clone())), "id_token.wrong_type", "{typ}");
    }
    assert_eq!(world.keys.asked(), 3);
}

#[test]
fn a15_the_issuer_is_compared_code_point_by_code_point() {
    let world = World::new();
    for issuer in [
        json!("https://op.example/"),
        json!("https://OP.example"),
        json!("http://op.example"),
        json!("https://op.example:443"),
        json!("https://op.example.evil.example"),
        json!("https://%6fp.example"),
        json!("https://\u{43e}p.example"),
        json!(" https://op.example"),
        json!("https://op.example1"),
        json!(["https://op.example"]),
        json!(1),
        Value::Null,
    ] {
        let code = world.login_code_of(&with(world.id_token(), "iss", issuer.clone()));
        assert_eq!(code, "id_token.issuer_mismatch", "{issuer}");
    }
    assert_eq!(world.login_code_of(&without(world.id_token(), "iss")), "id_token.issuer_mismatch");
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn a16_the_audience_holds_the_client() {
    let world = World::new();
    world.login(&world.sign(&with(world.id_token(), "aud", json!([CLIENT])))).unwrap();
    for audience in [
        json!([]),
        json!("docs-portal"),
        json!(["docs-portal", "third"]),
        json!([CLIENT, 1]),
        json!("Dashboard"),
        json!("dash"),
        json!("dashboard1"),
        json!([[CLIENT]]),
        json!({ "0": CLIENT }),
        json!(1),
        Value::Null,
    ] {
        let code = world.login_code_of(&with(world.id_token(), "aud", audience.clone()));
        assert_eq!(code, "id_token.audience_mismatch", "{audience}");
    }
    assert_eq!(world.login_code_of(&without(world.id_token(), "aud")), "id_token.audience_mismatch");
}

#[test]
fn a17_other_audiences_must_be_trusted() {
    let mut world = World::new();
    let both = with(world.id_token(), "aud", json!([CLIENT, "project"]));
    assert_eq!(world.login_code_of(&both), "id_token.untrusted_audience");
    world.policy = TokenPolicy::default().trusted_audiences(["project"]);
    let token = world.login(&world.sign(&both)).unwrap();
    assert_eq!(token.audience(), [CLIENT, "project"]);
    let alone = with(world.id_token(), "aud", "project");
    assert_eq!(world.login_code_of(&alone), "id_token.audience_mismatch");
}

#[test]
fn a18_azp_is_the_client_where_it_is_present() {
    let mut world = World::new();
    world.login(&world.sign(&with(world.id_token(), "azp", CLIENT))).unwrap();
    for azp in [json!("docs-portal"), json!([CLIENT]), json!(1), Value::Null, json!("")] {
        let code = world.login_code_of(&with(world.id_token(), "azp", azp.clone()));
        assert_eq!(code, "id_token.azp_mismatch", "{azp}");
    }
    world.policy = TokenPolicy::default().azp(AzpCheck::Ignore);
    world.login(&world.sign(&with(world.id_token(), "azp", "docs-portal"))).unwrap();
}

#[test]
fn a22_the_nonce_is_this_logins() {
    let world = World::new();
    for nonce in [
        json!("another"),
        json!(format!("{NONCE}1")),
        json!(&NONCE[..4]),
        json!(NONCE.to_uppercase()),
        json!(""),
        json!("null1"),
        json!(1),
        json!([NONCE]),
        Value::Null,
    ] {
        let code = world.login_code_of(&with(world.id_token(), "nonce", nonce.clone()));
        assert_eq!(code, "id_token.nonce_mismatch", "{nonce}");
    }
    assert_eq!(world.login_code_of(&without(world.id_token(), "nonce")), "id_token.nonce_mismatch");
}

#[test]
fn a23_the_subject_is_proper() {
    let world = World::new();
    for subject in ["a", "user-subject-1234531", "auth0|5 f", &"s".repeat(255)] {
        world.login(&world.sign(&with(world.id_token(), "sub", subject))).unwrap();
    }
    for subject in [
        json!(""),
        json!(42),
        json!("s".repeat(256)),
        json!("a\u{0}b"),
        json!("a\nb"),
        json!("a\u{7f}"),
        json!("zo\u{eb}"),
        json!(["alice"]),
        Value::Null,
    ] {
        let code = world.login_code_of(&with(world.id_token(), "sub", subject.clone()));
        assert_eq!(code, "id_token.subject_invalid", "{subject}");
    }
    assert_eq!(world.login_code_of(&without(world.id_token(), "sub")), "id_token.subject_invalid");
}

fn left_half(digest: &[u8]) -> Value {
    json!(BASE64_URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2]))
}

#[test]
fn a24_hashes_belong_to_the_answers_values() {
    let nonce = Nonce::new(NONCE);
    let (access_token, authorization_code) = (AccessToken::new("at-1"), AuthorizationCode::new("code-1"));
    for (algorithm, at_hash, other_digest, c_hash) in [
        (
            Algorithm::Rs256,
            left_half(&Sha256::digest("at-1")),
            left_half(&Sha512::digest("at-1")),
            left_half(&Sha256::digest("code-1")),
        ),
        (
            Algorithm::EdDsa,
            left_half(&Sha512::digest("at-1")),
            left_half(&Sha256::digest("at-1")),
            left_half(&Sha512::digest("code-1")),
        ),
    ] {
        let world = World::with_keys([TestKey::new(algorithm, "k")]);
        let rules = IdTokenRules::login(&nonce).access_token(&access_token).code(&authorization_code);
        let verify = |claims: Value| world.verify_id_token(&world.sign(&claims), rules);
        verify(world.id_token()).unwrap();
        verify(with(with(world.id_token(), "at_hash", at_hash.clone()), "c_hash", c_hash)).unwrap();
        for (claim, value) in [
            ("at_hash", left_half(&Sha256::digest("at-2"))),
            ("at_hash", other_digest),
            ("at_hash", json!(format!("{}1", at_hash.as_str().unwrap()))),
            ("at_hash", json!("")),
            ("at_hash", json!(1)),
            ("at_hash", Value::Null),
            ("c_hash", at_hash),
            ("c_hash", json!([])),
        ] {
            let refused = code(verify(with(world.id_token(), claim, value.clone())));
            assert_eq!(refused, "id_token.hash_mismatch", "{algorithm} {claim} {value}");
        }
    }
}

#[test]
fn a24_a_hash_of_nothing_known_is_left_alone() {
    let world = World::new();
    world.login(&world.sign(&with(world.id_token(), "at_hash", "anything"))).unwrap();
}

#[test]
fn a25_essential_acr_is_enforced() {
    let world = World::new();
    let nonce = Nonce::new(NONCE);
    let required = ["urn:silver".to_owned(), "urn:gold".to_owned()];
    let rules = IdTokenRules::login(&nonce).required_acr(&required);
    let verify = |claims: Value| world.verify_id_token(&world.sign(&claims), rules);
    let token = verify(with(world.id_token(), "acr", "urn:gold")).unwrap();
    assert_eq!(token.acr(), Some("urn:gold"));
    for acr in [json!("urn:bronze"), json!(""), json!(["urn:gold"]), json!(2), Value::Null] {
        let refused = code(verify(with(world.id_token(), "acr", acr.clone())));
        assert_eq!(refused, "id_token.auth_insufficient", "{acr}");
    }
    assert_eq!(code(verify(world.id_token())), "id_token.auth_insufficient");
}

#[test]
fn a26_other_kinds_are_refused() {
    let world = World::new();
    let access_token = json!({
        "iss": ISSUER, "sub": "alice", "aud": CLIENT, "client_id": CLIENT, "jti": "1", "scope": "openid",
        "iat": NOW, "exp": NOW + 300,
    });
    let jarm = json!({ "iss": ISSUER, "aud": CLIENT, "exp": NOW + 300, "code": "c", "state": "s" });
    for (kind, claims) in [
        ("a logout token", world.logout_token()),
        ("a logout token with a nonce", with(world.logout_token(), "nonce", NONCE)),
        ("an ID token with events", with(world.id_token(), "events", Value::Null)),
        ("an access token", access_token),
        ("an access token by its mark", with(world.id_token(), "typ", "Bearer")),
        ("an access token by another mark", with(world.id_token(), "token_use", "access")),
        ("an authorization response", jarm),
        (
            "an error response",
            json!({ "iss": ISSUER, "aud": CLIENT, "exp": NOW + 300, "error": "access_denied" }),
        ),
    ] {
        assert_eq!(world.login_code_of(&claims), "id_token.wrong_kind", "{kind}");
    }
    assert_eq!(world.keys.asked(), 0);
    for claims in [
        with(with(world.id_token(), "client_id", CLIENT), "oid", "org_1"),
        with(with(world.id_token(), "jti", "1"), "typ", "ID"),
        with(world.id_token(), "token_use", "id"),
        with(with(world.id_token(), "client_id", CLIENT), "jti", "1"),
        with(with(world.id_token(), "code", "green"), "error", Value::Null),
    ] {
        world.login(&world.sign(&claims)).unwrap();
    }
}

#[test]
fn a29_the_user_is_issuer_and_subject_and_never_an_email() {
    let email = |verified: Value| {
        let world = World::new();
        let claims = with(with(world.id_token(), "email", "a@b.example"), "email_verified", verified);
        let token = world.login(&world.sign(&claims)).unwrap();
        token.verified_email().map(str::to_owned)
    };
    assert_eq!(email(json!(true)).as_deref(), Some("a@b.example"));
    for verified in [json!("true"), json!(false), json!(1), Value::Null] {
        assert_eq!(email(verified), None);
    }
    let (here, there) = (World::new(), World::of(TestIssuer::new("https://other.example")));
    let here = here.login(&here.sign(&here.id_token())).unwrap();
    let there = there.login(&there.sign(&there.id_token())).unwrap();
    assert_eq!(here.subject(), there.subject());
    assert_ne!((here.issuer(), here.subject()), (there.issuer(), there.subject()));
}

#[test]
fn facts_of_another_type_are_refused() {
    let world = World::new();
    for (claim, value) in [
        ("sid", json!(1)),
        ("sid", Value::Null),
        ("acr", json!(["urn:gold"])),
        ("amr", json!("pwd")),
        ("amr", json!([1])),
        ("auth_time", json!("1780000000")),
    ] {
        let code = world.login_code_of(&with(world.id_token(), claim, value.clone()));
        assert_eq!(code, "jwt.claim_type", "{claim} {value}");
    }
}

#[test]
fn facts_are_read() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Mine {
        name: String,
    }
    let world = World::new();
    let mut claims = world.id_token();
    for (claim, value) in [
        ("name", json!("Alice")),
        ("acr", json!("urn:silver")),
        ("amr", json!(["pwd", "otp"])),
        ("auth_time", json!(NOW - 5)),
    ] {
        claims = with(claims, claim, value);
    }
    let raw = world.sign(&claims);
    let token = world.login(&raw).unwrap();
    assert_eq!(token.raw().expose(), raw);
    assert_eq!(token.amr(), ["pwd", "otp"]);
    assert_eq!(token.auth_time(), Some(ProviderTime::from_secs(NOW - 5)));
    assert_eq!(token.issued_at(), ProviderTime::from_secs(NOW));
    assert_eq!(token.expires_at(), ProviderTime::from_secs(NOW + 300));
    assert_eq!(token.claim("name"), Some(&json!("Alice")));
    assert_eq!(token.claims::<Mine>().unwrap(), Mine { name: "Alice".into() });
    let error = token.claims::<Vec<u8>>().unwrap_err();
    assert_eq!(error.code(), "token.claims_shape");
}

#[test]
fn d27_debug_shows_no_claim() {
    let world = World::new();
    let raw = world.sign(&with(world.id_token(), "email", "canary@example"));
    let shown = format!("{:?}", world.login(&raw).unwrap());
    let logout = format!("{:?}", world.logout(&world.sign(&world.logout_token())).unwrap());
    for canary in ["alice", "sid-1", "canary", NONCE, raw.as_str(), "jti-1"] {
        assert!(!shown.contains(canary), "{shown}");
        assert!(!logout.contains(canary), "{logout}");
    }
}
