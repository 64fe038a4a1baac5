//! Row A27: an ID token that comes with a refresh continues the same login, or the session is over.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::{Algorithm, Diagnose, Disposition, Login, RefreshError, Refreshed, testing::TestKey};

use crate::support::{CLIENT, World, html, parameters, token_answer, with, without};

/// A session five minutes after its login, which had this `auth_time`.
struct Session {
    world: World,
    login: Login,
    nonce: String,
}

const AUTH_TIME: u64 = 1_779_999_000;

impl Session {
    async fn new() -> Self {
        let world = World::new();
        let start = world.begin().await;
        let nonce = parameters(&start)["nonce"].clone();
        let claims = with(world.id_token_claims(&start), "auth_time", AUTH_TIME);
        world.issue(&world.issuer.sign(&claims));
        let login = world.complete(start).await.unwrap();
        world.clock.advance(Duration::from_secs(300));
        world.op.take();
        Self { world, login, nonce }
    }

    /// The claims of a good refreshed ID token.
    fn claims(&self) -> Value {
        let now = vestibule::Clock::now(&self.world.clock);
        let claims = self.world.issuer.id_token_claims(CLIENT, &self.nonce, now);
        with(without(claims, "nonce"), "auth_time", AUTH_TIME)
    }

    async fn refresh(&self, id_token: &str) -> Result<Refreshed, RefreshError> {
        self.world.op.respond("/token", token_answer(Some(id_token)));
        let refresh_token = self.login.tokens.refresh_token.as_ref().unwrap();
        self.world.client.refresh(refresh_token, self.login.id_token.identity()).await
    }

    async fn refresh_with(&self, claims: &Value) -> Result<Refreshed, RefreshError> {
        self.refresh(&self.world.issuer.sign(claims)).await
    }
}

fn is_gone(refused: Result<Refreshed, RefreshError>) -> bool {
    let error = refused.expect_err("this must be refused");
    assert!(matches!(error, RefreshError::IdentityChanged(_)), "{error:?}");
    (error.code(), error.disposition()) == ("refresh.identity_changed", Disposition::Gone)
}

#[tokio::test]
async fn a27_the_same_login_goes_on() {
    let session = Session::new().await;
    for claims in [
        session.claims(),
        with(session.claims(), "nonce", session.nonce.as_str()),
        with(session.claims(), "aud", json!([CLIENT])),
        without(session.claims(), "auth_time"),
        without(session.claims(), "sid"),
    ] {
        let refreshed = session.refresh_with(&claims).await.unwrap();
        assert_eq!(refreshed.id_token.unwrap().subject(), "alice", "{claims}");
        assert!(refreshed.tokens.id_token.is_some());
    }
}

#[tokio::test]
async fn a27_another_login_ends_the_session() {
    let session = Session::new().await;
    let now = vestibule::Clock::now(&session.world.clock).as_secs();
    for (claim, value) in [
        ("sub", json!("mallory")),
        ("sub", json!("alice1")),
        ("sub", json!(null)),
        ("iss", json!("https://op.example1")),
        ("iss", json!("https://op.example/")),
        ("aud", json!("other")),
        ("aud", json!([CLIENT, "other"])),
        ("aud", json!([])),
        ("nonce", json!("another")),
        ("nonce", json!("")),
        ("nonce", json!(7)),
        ("auth_time", json!(AUTH_TIME + 1)),
        ("auth_time", json!("1779999000")),
        ("iat", json!(now - 301)),
    ] {
        let claims = with(session.claims(), claim, value.clone());
        assert!(is_gone(session.refresh_with(&claims).await), "{claim}: {value}");
        assert_eq!(session.world.op.heard(), ["/token"], "{claim}: {value}");
    }
}

#[tokio::test]
async fn a27_it_is_verified_as_strictly_as_the_first() {
    let session = Session::new().await;
    let now = vestibule::Clock::now(&session.world.clock).as_secs();
    for claims in [
        without(session.claims(), "sub"),
        without(session.claims(), "iss"),
        without(session.claims(), "aud"),
        without(session.claims(), "exp"),
        without(session.claims(), "iat"),
        with(session.claims(), "exp", now - 61),
        with(session.claims(), "nbf", now + 61),
        with(session.claims(), "azp", "other"),
        with(session.claims(), "at_hash", "wrong"),
        with(session.claims(), "events", json!({})),
    ] {
        assert!(is_gone(session.refresh_with(&claims).await), "{claims}");
    }
    let forger = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    let forged = forger.token(&forger.header(), &session.claims());
    assert!(is_gone(session.refresh(&forged).await));
    for garbage in ["e30.e30.", "x", "eyJhbGciOiJub25lIn0.e30."] {
        assert!(is_gone(session.refresh(garbage).await), "{garbage}");
    }
}

/// Keys that cannot be fetched prove nothing against a token: the session lives on with the new tokens, and keeps the
/// ID token that it had.
#[tokio::test]
async fn a27_what_cannot_be_checked_now_is_left_out() {
    let session = Session::new().await;
    let rolled = TestKey::numbered(Algorithm::Rs256, "next", 1);
    session.world.op.respond("/jwks", html(503));
    let refreshed = session.refresh(&rolled.token(&rolled.header(), &session.claims())).await.unwrap();
    assert!(refreshed.id_token.is_none());
    assert!(refreshed.tokens.id_token.is_none(), "an unverified token is not handed on");
    assert_eq!(refreshed.tokens.access_token.expose(), "at-1");
}

#[tokio::test]
async fn a27_a_key_that_the_provider_does_not_publish_yet_ends_nothing() {
    let session = Session::new().await;
    let rolled = TestKey::numbered(Algorithm::Rs256, "next", 1);
    let refreshed = session.refresh(&rolled.token(&rolled.header(), &session.claims())).await.unwrap();
    assert!(refreshed.id_token.is_none() && refreshed.tokens.id_token.is_none());
    assert_eq!(session.world.op.heard(), ["/token", "/jwks"], "it was looked for");
}
