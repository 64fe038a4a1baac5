//! G01–G04, G08, G09, G11, B25: what an access token must be.

use std::time::Duration;

use super::*;
use crate::{AccessGrant, AccessTokenPolicy, Algorithm, AuthorityClaims, token::AccessTokenRules};

const API: &str = "https://api.example";
const SKEW: u64 = 60;

/// An API at the world's issuer.
struct Api {
    world: World,
    policy: AccessTokenPolicy,
    audiences: Vec<String>,
}

impl Api {
    fn new() -> Self {
        Self { world: World::new(), policy: AccessTokenPolicy::rfc9068(), audiences: vec![API.to_owned()] }
    }

    fn untyped() -> Self {
        Self { policy: AccessTokenPolicy::untyped(), ..Self::new() }
    }

    fn claims(&self) -> Value {
        self.world.issuer.access_token_claims(API, ProviderTime::from_secs(NOW))
    }

    fn sign(&self, claims: &Value) -> String {
        match self.policy == AccessTokenPolicy::untyped() {
            true => self.world.issuer.sign(claims),
            false => self.world.issuer.sign_typed("at+jwt", claims),
        }
    }

    fn verify(&self, raw: &str) -> Result<Verified<AccessGrant>, TokenError> {
        let issuer = issuer(&self.world.issuer);
        let rules = AccessTokenRules {
            audiences: &self.audiences,
            policy: &self.policy,
            authority: &AuthorityClaims::default(),
        };
        let verifier = Verifier { policy: &self.policy.jwt, ..self.world.verifier(&issuer) };
        ready(verifier.verify(raw, &rules))
    }

    fn accept(&self, claims: &Value) -> AccessGrant {
        self.verify(&self.sign(claims)).unwrap().into_inner()
    }

    /// The code that a token is refused with. The keys were not asked twice.
    fn code(&self, raw: &str) -> &'static str {
        let code = code(self.verify(raw));
        assert_eq!(self.world.keys.misses(), 0, "newer keys were asked for");
        code
    }

    fn code_of(&self, claims: &Value) -> &'static str {
        self.code(&self.sign(claims))
    }

    fn typed(&self, typ: Value) -> String {
        let key = self.world.key();
        key.token(&with(key.header(), "typ", typ), &self.claims())
    }
}

/// A token of Scalekit's shape: no `typ`, and the client as audience.
fn scalekit() -> Value {
    json!({
        "iss": ISSUER, "sub": "usr_1", "aud": [CLIENT], "oid": "org_1", "client_id": CLIENT, "jti": "tkn_1",
        "iat": NOW, "nbf": NOW, "exp": NOW + 300, "sid": "ses_1", "roles": ["admin"], "permissions": ["orders:write"],
    })
}

/// A token of Keycloak's shape: `typ: JWT` in the header, `typ: Bearer` among the claims, and no `client_id`.
fn keycloak() -> Value {
    json!({
        "iss": ISSUER, "sub": "f7a1", "aud": API, "azp": CLIENT, "typ": "Bearer", "jti": "onrtac:1",
        "iat": NOW, "exp": NOW + 300, "sid": "s", "scope": "openid email",
    })
}

#[test]
fn a_good_access_token_is_accepted() {
    let grant = Api::new().accept(&Api::new().claims());
    assert_eq!((grant.issuer(), grant.subject(), grant.client_id()), (ISSUER, "alice", Some("dashboard")));
    assert_eq!(
        (grant.audience(), grant.sid(), grant.jwt_id()),
        (&[API.to_owned()][..], Some("sid-1"), Some("token-1"))
    );
    assert_eq!(grant.issued_at().map(ProviderTime::as_secs), Some(NOW));
    assert_eq!(grant.expires_at().map(ProviderTime::as_secs), Some(NOW + 300));
    assert!(grant.authority().scopes.contains("openid"));
    assert!(!grant.is_service());
}

#[test]
fn g01_typ_is_that_of_an_access_token() {
    let api = Api::new();
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        api.verify(&api.typed(json!(typ))).unwrap();
    }
    for typ in [
        json!("JWT"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("token-introspection+jwt"),
        json!("text/at+jwt"),
        json!(1),
        Value::Null,
    ] {
        assert_eq!(api.code(&api.typed(typ.clone())), "rs.wrong_type", "{typ}");
    }
    assert_eq!(api.code(&api.world.sign(&api.claims())), "rs.wrong_type", "absent");
    assert_eq!(api.code(&api.world.sign(&api.world.id_token())), "rs.wrong_type", "ID token");
}

#[test]
fn g01_a_wrong_kind_asks_no_keys() {
    let api = Api::new();
    api.code(&api.typed(json!("JWT")));
    api.code_of(&with(api.claims(), "iss", "https://other.example"));
    assert_eq!(api.world.keys.asked(), 0);
}

#[test]
fn g01_without_typ_the_claims_tell_the_kind() {
    let api = Api { audiences: vec![API.into(), CLIENT.into()], ..Api::untyped() };
    for claims in [
        scalekit(),
        keycloak(),
        api.claims(),
        with(keycloak(), "nonce", "n"),
        with(scalekit(), "token_use", "access"),
    ] {
        api.verify(&api.world.sign(&claims)).unwrap();
        api.verify(&api.world.issuer.sign_typed("JWT", &claims)).unwrap();
        api.verify(&api.world.issuer.sign_typed("at+jwt", &claims)).unwrap();
        for typ in ["logout+jwt", "dpop+jwt", "secevent+jwt", "unknown"] {
            assert_eq!(api.code(&api.world.issuer.sign_typed(typ, &claims)), "rs.wrong_type", "{typ}");
        }
    }
    for (input, claims) in [
        ("a Scalekit ID token", with(without(scalekit(), "jti"), "at_hash", "h")),
        ("an ID token with everything", with(with(scalekit(), "at_hash", "h"), "c_hash", "h")),
        ("a refreshed ID token without hashes", without(scalekit(), "jti")),
        ("at_hash beside a mark", with(keycloak(), "at_hash", "h")),
        ("c_hash beside a mark", with(keycloak(), "c_hash", "h")),
        ("an ID token with nonce", with(scalekit(), "nonce", "n")),
        ("a Keycloak ID token", with(keycloak(), "typ", "ID")),
        ("a Keycloak refresh token", with(with(keycloak(), "client_id", CLIENT), "typ", "Refresh")),
        ("a Cognito ID token", with(scalekit(), "token_use", "id")),
        ("a mark that is no text", with(scalekit(), "typ", 1)),
        ("two marks that differ", with(keycloak(), "token_use", "id")),
        ("no discriminator", without(without(keycloak(), "typ"), "jti")),
        ("an event", with(scalekit(), "events", json!({}))),
        ("an authorization response", with(without(scalekit(), "sub"), "code", "c")),
    ] {
        assert_eq!(api.code(&api.world.sign(&claims)), "rs.wrong_type", "{input}");
    }
    assert_eq!(api.world.keys.misses(), 0);
}

#[test]
fn b25_a_logout_token_is_no_bearer_token() {
    let both = with(
        Api::new().claims(),
        "events",
        json!({ "http://schemas.openid.net/event/backchannel-logout": {} }),
    );
    for api in [Api::new(), Api::untyped()] {
        let api = Api { audiences: vec![API.into(), CLIENT.into()], ..api };
        for claims in [api.world.logout_token(), both.clone()] {
            for typ in ["logout+jwt", "JWT", "at+jwt"] {
                assert_eq!(api.code(&api.world.issuer.sign_typed(typ, &claims)), "rs.wrong_type", "{typ}");
            }
            assert_eq!(api.code(&api.world.sign(&claims)), "rs.wrong_type");
        }
        assert_eq!(api.world.keys.asked(), 0);
    }
}

#[test]
fn g02_the_jwt_rules_hold() {
    let api = Api::new();
    let (key, claims) = (api.world.key(), api.claims());
    let header = with(key.header(), "typ", "at+jwt");
    let es256 = TestKey::new(Algorithm::Es256, "rs256");
    let attacker = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    for (input, raw, expected) in [
        ("none", key.token(&with(header.clone(), "alg", "none"), &claims), "jwt.alg_none"),
        ("HS256", key.token(&with(header.clone(), "alg", "HS256"), &claims), "jwt.alg_not_allowed"),
        ("off the list", es256.token(&with(header.clone(), "alg", "ES256"), &claims), "jwt.alg_not_allowed"),
        ("another key", attacker.token(&header, &claims), "jwt.bad_signature"),
        ("crit", key.token(&with(header.clone(), "crit", json!(["x"])), &claims), "jwt.crit_unsupported"),
        ("iss twice", key.token_of(header.to_string(), json_with_repeated(&claims, "iss")), "jwt.malformed"),
        ("cut", api.sign(&claims)[..200].to_owned(), "jwt.malformed"),
        ("nothing", String::new(), "jwt.malformed"),
    ] {
        assert_eq!(api.code(&raw), expected, "{input}");
    }
}

#[test]
fn g02_the_policy_has_an_algorithm_list_of_its_own() {
    let es256 = TestKey::new(Algorithm::Es256, "es256");
    let allowed = crate::AllowedAlgorithms::new([Algorithm::Es256]).unwrap();
    let api = Api {
        world: World::of(TestIssuer::with_keys(ISSUER, [es256, TestKey::new(Algorithm::Rs256, "rs256")])),
        policy: AccessTokenPolicy::rfc9068().algorithms(allowed),
        ..Api::new()
    };
    api.accept(&api.claims());
    let rs256 = &api.world.issuer.keys()[1];
    assert_eq!(
        api.code(&rs256.token(&with(rs256.header(), "typ", "at+jwt"), &api.claims())),
        "jwt.alg_not_allowed"
    );
}

#[test]
fn g02_iss_is_exact() {
    let api = Api::new();
    for iss in [
        json!("https://other.example"),
        json!("https://op.example/"),
        json!("https://OP.example"),
        json!(1),
        Value::Null,
    ] {
        assert_eq!(api.code_of(&with(api.claims(), "iss", iss.clone())), "rs.issuer", "{iss}");
    }
    assert_eq!(api.code_of(&without(api.claims(), "iss")), "rs.issuer");
    assert_eq!(api.world.keys.asked(), 0);
}

#[test]
fn g03_aud_names_this_api() {
    let api = Api::new();
    for aud in [
        json!("https://other.example"),
        json!(CLIENT),
        json!("https://api.example/"),
        json!("https://api.example.evil"),
        json!("https://api"),
        json!(format!("{API} {CLIENT}")),
        json!([]),
        json!([CLIENT]),
        json!([API, 1]),
        json!({ API: true }),
        Value::Null,
    ] {
        assert_eq!(api.code_of(&with(api.claims(), "aud", aud.clone())), "rs.audience", "{aud}");
    }
    assert_eq!(api.code_of(&without(api.claims(), "aud")), "rs.audience");
    api.accept(&with(api.claims(), "aud", json!([API])));
    api.accept(&with(api.claims(), "aud", json!(["https://other.example", API])));
}

#[test]
fn g03_a_client_id_is_an_audience_only_when_listed() {
    let api = Api::untyped();
    assert_eq!(api.code_of(&scalekit()), "rs.audience");
    let listed = Api { audiences: vec![API.into(), CLIENT.into()], ..Api::untyped() };
    assert_eq!(listed.accept(&scalekit()).audience(), [CLIENT]);
}

#[test]
fn g04_the_claims_of_rfc_9068_are_there() {
    let api = Api::new();
    for claim in ["exp", "iat", "sub", "client_id", "jti"] {
        assert_eq!(api.code_of(&without(api.claims(), claim)), "rs.claims", "without {claim}");
        for value in [Value::Null, json!(true), json!([]), json!({}), json!("")] {
            let code = api.code_of(&with(api.claims(), claim, value.clone()));
            assert_eq!(code, "rs.claims", "{claim}: {value}");
        }
    }
    for claim in ["sub", "client_id", "jti"] {
        for value in [json!(1), json!("a".repeat(256)), json!("a\nb"), json!("ä")] {
            assert_eq!(api.code_of(&with(api.claims(), claim, value)), "rs.claims", "{claim}");
        }
    }
    assert_eq!(api.code_of(&with(api.claims(), "sid", 1)), "rs.claims");
    for claim in ["exp", "iat", "nbf"] {
        assert_eq!(api.code_of(&with(api.claims(), claim, (NOW + 9).to_string())), "rs.claims", "{claim}");
    }
}

#[test]
fn g04_without_typ_what_is_demanded_is_there_too() {
    let api = Api::untyped();
    for claim in ["exp", "iat", "sub"] {
        assert_eq!(api.code_of(&without(keycloak(), claim)), "rs.claims", "without {claim}");
    }
    assert_eq!(api.accept(&without(keycloak(), "jti")).client_id(), Some(CLIENT), "azp");
    assert_eq!(api.code_of(&with(keycloak(), "azp", 1)), "rs.claims");
}

#[test]
fn g04_times_are_kept_to_the_second() {
    let api = Api::new();
    let at = |claim: &str, value: u64| with(api.claims(), claim, value);
    api.accept(&at("exp", NOW - SKEW + 1));
    assert_eq!(api.code_of(&at("exp", NOW - SKEW)), "rs.claims");
    for claim in ["iat", "nbf"] {
        api.accept(&at(claim, NOW + SKEW));
        assert_eq!(api.code_of(&at(claim, NOW + SKEW + 1)), "rs.claims", "{claim}");
    }
    let strict = AccessTokenPolicy::rfc9068().clock_skew(Duration::ZERO).unwrap();
    let api = Api { policy: strict, ..Api::new() };
    assert_eq!(api.code_of(&at("exp", NOW)), "rs.claims");
    assert!(AccessTokenPolicy::untyped().clock_skew(Duration::from_secs(301)).is_err());
}

#[test]
fn g05_scopes_are_whole_words_wherever_they_stand() {
    let api = Api::new();
    for (claim, value) in [
        ("scope", json!("read:all openid")),
        ("scopes", json!(["read:all", "openid"])),
        ("scp", json!("read:all")),
    ] {
        let grant = api.accept(&with(without(api.claims(), "scope"), claim, value));
        assert!(grant.authority().scopes.contains("read:all"), "{claim}");
        assert!(!grant.authority().scopes.contains("read"), "{claim}");
        assert!(!grant.authority().scopes.contains("READ:ALL"), "{claim}");
    }
}

#[test]
fn g08_g09_a_bound_token_is_no_bearer_token() {
    for api in [Api::new(), Api::untyped()] {
        for (cnf, expected) in [
            (json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }), "rs.dpop"),
            (json!({ "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }), "rs.cnf"),
            (json!({ "jwk": {} }), "rs.cnf"),
            (json!({}), "rs.cnf"),
            (json!("x"), "rs.cnf"),
            (Value::Null, "rs.cnf"),
        ] {
            assert_eq!(api.code_of(&with(api.claims(), "cnf", cnf.clone())), expected, "{cnf}");
        }
    }
}

#[test]
fn g11_a_client_of_its_own_is_a_service() {
    let api = Api::new();
    assert!(api.accept(&with(api.claims(), "sub", "dashboard")).is_service());
    let m2m = json!({
        "iss": ISSUER, "sub": "m2morg_1", "client_id": "m2morg_1", "aud": API, "jti": "tkn_2", "oid": "org_1",
        "iat": NOW, "exp": NOW + 86_399, "scopes": ["orders:read"],
    });
    let grant = Api::untyped().accept(&m2m);
    assert!(grant.is_service() && grant.authority().scopes.contains("orders:read"));
}

#[test]
fn g11_keycloaks_user_for_a_client_is_a_service() {
    let api = Api::untyped();
    let robot = json!({
        "iss": ISSUER, "sub": "4b54dd87-18f3-4eb9-b4b1-ecd0a0b4a7f2", "aud": [API, "account"], "typ": "Bearer", "azp": "robot",
        "client_id": "robot", "jti": "trrtcc:1", "iat": NOW, "exp": NOW + 300, "scope": "profile email",
        "preferred_username": "service-account-robot",
    });
    assert!(api.accept(&robot).is_service());
    for (claim, value) in [
        ("sid", json!("s1")),
        ("client_id", json!("another")),
        ("client_id", Value::Null),
        ("azp", Value::Null),
        ("typ", Value::Null),
    ] {
        let mut user = robot.clone();
        match value {
            Value::Null => drop(user.as_object_mut().and_then(|claims| claims.remove(claim))),
            value => user[claim] = value,
        }
        assert!(!api.accept(&user).is_service(), "{claim}");
    }
}

#[test]
fn what_is_shown_is_not_personal() {
    let grant = Api::new().accept(&Api::new().claims());
    assert!(!format!("{grant:?}").contains("alice"));
}
