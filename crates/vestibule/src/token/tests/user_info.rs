//! A28: what a UserInfo answer must be.

use super::*;
use crate::Algorithm;

#[test]
fn plain_answers_are_about_the_user() {
    let world = World::new();
    let answer = world.user_info(false, r#"{"sub":"alice","name":"Alice"}"#).unwrap();
    assert_eq!((answer.subject(), answer.is_signed()), ("alice", false));
    assert_eq!(answer.claim("name"), Some(&json!("Alice")));
    assert_eq!(answer.claims::<std::collections::BTreeMap<String, String>>().unwrap()["name"], "Alice");
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn signed_answers_are_verified() {
    let world = World::new();
    let claims = world.issuer.user_info_claims(CLIENT);
    for raw in [world.sign(&claims), world.issuer.sign_typed("JWT", &claims)] {
        let answer = world.user_info(true, raw).unwrap();
        assert_eq!((answer.subject(), answer.is_signed()), ("alice", true));
    }
}

#[test]
fn a28_plain_answers_about_others_are_refused() {
    let world = World::new();
    for body in [
        r#"{"sub":"mallory"}"#,
        r#"{"sub":"aliceinvalid"}"#,
        r#"{"name":"Alice"}"#,
        r#"{"sub":null}"#,
        r#"{"sub":["alice"]}"#,
        r#"{"sub":"alice","sub":"mallory"}"#,
        r#"["alice"]"#,
        "<html></html>",
        "",
    ] {
        assert_eq!(code(world.user_info(false, body)), "userinfo.invalid", "{body}");
    }
    assert_eq!(code(world.user_info(false, b"\xff")), "userinfo.invalid");
}

#[test]
fn a28_bad_signed_answers_are_refused() {
    let world = World::new();
    let claims = world.issuer.user_info_claims(CLIENT);
    let attacker = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    for (input, raw) in [
        ("a bad signature", attacker.token(&attacker.header(), &claims)),
        ("alg none", world.key().token(&json!({ "alg": "none" }), &claims)),
        ("another sub", world.sign(&with(claims.clone(), "sub", "mallory"))),
        ("no sub", world.sign(&without(claims.clone(), "sub"))),
        ("another aud", world.sign(&with(claims.clone(), "aud", "docs-portal"))),
        ("no aud", world.sign(&without(claims.clone(), "aud"))),
        ("another iss", world.sign(&with(claims.clone(), "iss", "https://other.example"))),
        ("no iss", world.sign(&without(claims.clone(), "iss"))),
        ("expired", world.sign(&with(claims.clone(), "exp", NOW - 60))),
        ("exp of another type", world.sign(&with(claims.clone(), "exp", "never"))),
        ("not valid yet", world.sign(&with(claims.clone(), "nbf", NOW + 61))),
        ("an ID token", world.sign(&world.id_token())),
        ("a logout token", world.sign(&world.logout_token())),
        ("another typ", world.issuer.sign_typed("at+jwt", &claims)),
        ("JSON under the media type of a JWT", claims.to_string()),
        ("not UTF-8", "\u{80}".to_owned()),
    ] {
        assert_eq!(code(world.user_info(true, raw)), "userinfo.invalid", "{input}");
    }
    assert_eq!(code(world.user_info(true, b"\xff")), "userinfo.invalid");
    assert_eq!(world.keys.misses(), 0);
}

#[test]
fn a28_plain_answers_where_signed_ones_are_registered() {
    let mut world = World::new();
    world.policy = TokenPolicy::default().signed_user_info(true);
    assert_eq!(code(world.user_info(false, r#"{"sub":"alice"}"#)), "userinfo.invalid");
    world.user_info(true, world.sign(&world.issuer.user_info_claims(CLIENT))).unwrap();
}

#[test]
fn h05_keys_that_are_out_of_reach_are_no_verdict() {
    #[derive(Debug)]
    struct NoKeys;

    #[async_trait]
    impl KeySource for NoKeys {
        async fn current(&self) -> Result<CurrentKeys, KeysError> {
            Err(KeysError::Malformed)
        }

        async fn after_miss(&self, _: &CurrentKeys) -> Result<Option<Arc<KeySet>>, KeysError> {
            Err(KeysError::Malformed)
        }
    }

    let world = World::new();
    let issuer = issuer(&world.issuer);
    let verifier = Verifier {
        issuer: &issuer,
        client_id: CLIENT,
        policy: &world.policy,
        keys: NoKeys,
        signatures: &AwsLc,
        now: ProviderTime::from_secs(NOW),
    };
    let raw = world.sign(&world.issuer.user_info_claims(CLIENT));
    let error = ready(UserInfoRules::new("alice").read(&verifier, true, raw.as_bytes())).unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("jwks.malformed", crate::Disposition::Retry));
}
