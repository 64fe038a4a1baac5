//! A27: a refreshed ID token continues the login.

use super::*;
use crate::{Disposition, Identity};

struct Refresh {
    world: World,
    first: Identity,
}

impl Refresh {
    /// An hour after the login.
    fn new() -> Self {
        let mut world = World::new();
        let claims = with(world.id_token(), "auth_time", NOW - 5);
        let first = world.login(&world.sign(&claims)).unwrap().identity().clone();
        world.now = NOW + 3600;
        Self { world, first }
    }

    fn claims(&self) -> Value {
        let claims =
            self.world.issuer.id_token_claims(CLIENT, NONCE, ProviderTime::from_secs(self.world.now));
        without(claims, "nonce")
    }

    fn alter_first(&mut self, alter: impl FnOnce(Value) -> Value) {
        self.first = serde_json::from_value(alter(serde_json::to_value(&self.first).unwrap())).unwrap();
    }

    fn verify(&self, claims: &Value) -> Result<Verified<IdToken>, TokenError> {
        self.world.verify_id_token(&self.world.sign(claims), IdTokenRules::refresh(&self.first))
    }

    fn changed(&self, claims: &Value) {
        let error = self.verify(claims).expect_err("this must be refused");
        assert_eq!(
            (error.code(), error.disposition()),
            ("refresh.identity_changed", Disposition::Gone),
            "{claims}"
        );
        assert_eq!(self.world.keys.misses(), 0);
    }
}

#[test]
fn a27_the_same_login_goes_on() {
    let refresh = Refresh::new();
    let claims = refresh.claims();
    for claims in [
        claims.clone(),
        with(claims.clone(), "nonce", NONCE),
        with(claims.clone(), "auth_time", NOW - 5),
        with(claims.clone(), "aud", json!([CLIENT])),
        with(claims.clone(), "iat", NOW),
        without(claims.clone(), "sid"),
        with(with(with(claims, "client_id", CLIENT), "jti", "1"), "at_hash", "x"),
    ] {
        let token = refresh.verify(&claims).unwrap();
        assert_eq!(token.subject(), "alice");
    }
}

#[test]
fn a27_another_login_is_refused() {
    let refresh = Refresh::new();
    let claims = refresh.claims();
    for (claim, value) in [
        ("sub", json!("mallory")),
        ("sub", json!(1)),
        ("iss", json!("https://op.example1")),
        ("aud", json!("docs-portal")),
        ("aud", json!([CLIENT, "docs-portal"])),
        ("aud", json!(1)),
        ("nonce", json!("another")),
        ("nonce", json!("")),
        ("nonce", Value::Null),
        ("auth_time", json!(NOW)),
        ("auth_time", json!("1780000000")),
        ("iat", json!(NOW - 1)),
    ] {
        refresh.changed(&with(claims.clone(), claim, value));
    }
    refresh.changed(&without(claims.clone(), "sub"));
    refresh.changed(&without(claims.clone(), "aud"));
    refresh.changed(&without(claims, "iss"));
}

#[test]
fn a27_every_other_rule_holds_too() {
    let refresh = Refresh::new();
    let claims = refresh.claims();
    assert_eq!(code(refresh.verify(&with(claims.clone(), "exp", NOW))), "id_token.expired");
    assert_eq!(code(refresh.verify(&without(claims.clone(), "iat"))), "id_token.issued_at");
    assert_eq!(code(refresh.verify(&with(claims.clone(), "azp", "docs-portal"))), "id_token.azp_mismatch");
    assert_eq!(code(refresh.verify(&with(claims.clone(), "events", json!({})))), "id_token.wrong_kind");
    let forged = TestKey::numbered(crate::Algorithm::Rs256, "rs256", 1);
    let raw = forged.token(&forged.header(), &claims);
    let rules = IdTokenRules::refresh(&refresh.first);
    assert_eq!(code(refresh.world.verify_id_token(&raw, rules)), "jwt.bad_signature");
}

#[test]
fn a27_a_nonce_that_was_never_sent_is_refused() {
    let mut refresh = Refresh::new();
    refresh.alter_first(|stored| without(stored, "nonce"));
    refresh.verify(&refresh.claims()).unwrap();
    refresh.changed(&with(refresh.claims(), "nonce", NONCE));
}

#[test]
fn a27_the_audience_may_not_shrink() {
    let mut refresh = Refresh::new();
    refresh.alter_first(|stored| with(stored, "audience", json!([CLIENT, "project"])));
    refresh.changed(&refresh.claims());
}

#[test]
fn an_identity_survives_storage() {
    let first = Refresh::new().first;
    let stored = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Identity>(&stored).unwrap(), first);
}
