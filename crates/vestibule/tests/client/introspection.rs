//! G10: access tokens that the provider is asked about.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Response, header};
use serde_json::{Value, json};
use vestibule::{
    AccessGrant, ConfigError, Disposition, Error, Introspection, ResourceServer, Verified,
    testing::json_response,
};

use crate::support::{
    CLIENT, ISSUER, NO_ANSWER, World, code, html, redirect, retry_later, unreachable, verdict, with, without,
};

const API: &str = "https://api.example";
const OPAQUE: &str = "2YotnFZFEjr1zCsicMWpAA";

type Granted = Result<Arc<Verified<AccessGrant>>, Error>;

struct Asked {
    world: World,
    api: ResourceServer,
}

impl Asked {
    async fn new() -> Self {
        Self::with(|introspection| introspection).await
    }

    async fn with(settings: impl FnOnce(Introspection) -> Introspection) -> Self {
        let world =
            World::with_metadata(&[("introspection_endpoint", json!(format!("{ISSUER}/introspect")))]);
        world.provider.ready().await.unwrap();
        let introspection = settings(Introspection::by(&world.client));
        let api = world.provider.resource_server(API).introspection(introspection).build().unwrap();
        world.op.take();
        Self { world, api }
    }

    fn now(&self) -> u64 {
        vestibule::Clock::now(&self.world.clock).as_secs()
    }

    fn active(&self) -> Value {
        json!({
            "active": true, "iss": ISSUER, "sub": "alice", "aud": API, "client_id": "cli", "scope": "orders:read",
            "iat": self.now(), "exp": self.now() + 300, "token_type": "Bearer",
        })
    }

    fn answer(&self, answer: Response<Bytes>) {
        self.world.op.respond("/introspect", answer);
    }

    fn say(&self, answer: &Value) {
        self.answer(json_response(200, answer));
    }

    async fn verify(&self) -> Granted {
        self.api.verify(OPAQUE).await
    }

    fn calls(&self) -> usize {
        self.world.op.heard().len()
    }

    fn jwt(&self) -> String {
        let claims = self.world.issuer.access_token_claims(API, vestibule::Clock::now(&self.world.clock));
        self.world.issuer.sign_typed("at+jwt", &claims)
    }
}

#[tokio::test]
async fn g10_an_active_token_is_asked_about_once_with_the_clients_proof() {
    let asked = Asked::new().await;
    asked.say(&asked.active());
    let grant = asked.verify().await.unwrap();
    assert_eq!((grant.issuer(), grant.subject(), grant.client_id()), (ISSUER, "alice", Some("cli")));
    assert!(grant.authority().scopes.contains("orders:read") && !grant.is_service());
    assert!(Arc::ptr_eq(&grant, &asked.verify().await.unwrap()));
    let sent = asked.world.op.take();
    let [request] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((&request.method, request.path.as_str()), (&Method::POST, "/introspect"));
    assert_eq!(request.field("token").as_deref(), Some(OPAQUE));
    assert_eq!(request.field("token_type_hint").as_deref(), Some("access_token"));
    assert!(request.header(header::AUTHORIZATION).unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn g10_only_the_json_value_true_is_active() {
    let asked = Asked::new().await;
    for active in [json!(false), json!("true"), json!(1), Value::Null, json!([true])] {
        asked.say(&with(asked.active(), "active", active.clone()));
        assert_eq!(verdict(asked.verify().await), ("rs.inactive", Disposition::Reject), "{active}");
    }
    asked.say(&without(asked.active(), "active"));
    assert_eq!(code(asked.verify().await), "rs.inactive");
    assert_eq!(asked.calls(), 6, "what is refused is not remembered");
}

#[tokio::test]
async fn g10_what_the_answer_says_must_be_right() {
    let asked = Asked::new().await;
    for (member, value, expected) in [
        ("iss", json!("https://other.example"), "rs.issuer"),
        ("iss", json!(1), "rs.issuer"),
        ("aud", json!("https://other.example"), "rs.audience"),
        ("aud", json!(CLIENT), "rs.audience"),
        ("aud", Value::Null, "rs.audience"),
        ("exp", json!(asked.now() - 60), "rs.claims"),
        ("exp", json!("soon"), "rs.claims"),
        ("nbf", json!(asked.now() + 61), "rs.claims"),
        ("iat", json!(asked.now() + 61), "rs.claims"),
        ("sub", json!(""), "rs.claims"),
        ("sub", json!(1), "rs.claims"),
        ("client_id", json!([]), "rs.claims"),
        ("token_type", json!("mac"), "rs.claims"),
        ("token_type", json!("DPoP"), "rs.dpop"),
        ("token_use", json!("refresh_token"), "rs.wrong_type"),
        ("token_use", json!(["access_token"]), "rs.wrong_type"),
        ("typ", json!("Refresh"), "rs.wrong_type"),
        ("typ", json!("ID"), "rs.wrong_type"),
        ("cnf", json!({ "jkt": "x" }), "rs.dpop"),
        ("cnf", json!({ "x5t#S256": "x" }), "rs.cnf"),
    ] {
        asked.say(&with(asked.active(), member, value.clone()));
        assert_eq!(verdict(asked.verify().await), (expected, Disposition::Reject), "{member}: {value}");
    }
    asked.say(&without(asked.active(), "aud"));
    assert_eq!(code(asked.verify().await), "rs.audience", "absent");
    assert_eq!(asked.calls(), 21);
}

#[tokio::test]
async fn g10_what_rfc_7662_leaves_out_may_be_absent() {
    let asked = Asked::with(Introspection::audience_optional).await;
    asked.say(&json!({ "active": true, "sub": "alice", "token_type": "Bearer" }));
    let grant = asked.verify().await.unwrap();
    assert_eq!((grant.issuer(), grant.client_id(), grant.expires_at()), (ISSUER, None, None));
    for (answer, expected) in [
        (json!({ "active": true, "token_type": "Bearer" }), "rs.claims"),
        (with(asked.active(), "aud", "https://other.example"), "rs.audience"),
    ] {
        asked.say(&answer);
        assert_eq!(code(asked.api.verify("another").await), expected);
    }
}

/// Some providers say nothing more of a refresh token than that it is active and whose it is.
#[tokio::test]
async fn g10_what_may_be_a_refresh_token_is_none_of_an_apis() {
    let asked = Asked::with(Introspection::audience_optional).await;
    let bare = without(without(asked.active(), "aud"), "token_type");
    asked.say(&bare);
    assert_eq!(verdict(asked.verify().await), ("rs.wrong_type", Disposition::Reject));
    for (member, value) in
        [("token_type", "Bearer"), ("token_use", "access_token"), ("typ", "Bearer"), ("aud", API)]
    {
        asked.say(&with(bare.clone(), member, value));
        asked.api.verify(member).await.unwrap();
    }
}

#[tokio::test]
async fn g11_a_user_without_sub_is_no_service() {
    let asked = Asked::new().await;
    asked.say(&with(without(asked.active(), "sub"), "username", "alice"));
    assert_eq!(verdict(asked.verify().await), ("rs.claims", Disposition::Reject));
}

#[tokio::test]
async fn g11_a_token_without_sub_is_the_clients_own() {
    let asked = Asked::new().await;
    asked.say(&without(asked.active(), "sub"));
    let grant = asked.verify().await.unwrap();
    assert!(grant.is_service() && grant.subject() == "cli");
}

#[tokio::test]
async fn g10_no_usable_answer_lets_nobody_in() {
    let asked = Asked::new().await;
    for answer in [
        html(500),
        retry_later(429, "9"),
        retry_later(503, "9"),
        html(200),
        json_response(200, &json!([{ "active": true }])),
        json_response(200, &json!(true)),
    ] {
        asked.answer(answer);
        assert_eq!(verdict(asked.verify().await), ("rs.unavailable", Disposition::Retry));
    }
    let mut twice = json_response(200, &json!({}));
    *twice.body_mut() = Bytes::from_static(br#"{"active":false,"active":true,"sub":"alice"}"#);
    asked.answer(twice);
    assert_eq!(code(asked.verify().await), "rs.unavailable");
    for kind in NO_ANSWER {
        let error = move || vestibule::transport::TransportError::new(kind, true);
        asked.world.op.answer("/introspect", move |_| Err(error()));
        assert_eq!(verdict(asked.verify().await), ("rs.unavailable", Disposition::Retry));
    }
    asked.world.op.answer("/introspect", |_| Err(unreachable(false)));
    asked.answer(redirect(307));
    assert_eq!(code(asked.verify().await), "rs.unavailable");
    asked.say(&asked.active());
    asked.verify().await.unwrap();
}

#[tokio::test]
async fn g10_a_client_that_the_provider_refuses_is_a_fault_of_configuration() {
    let asked = Asked::new().await;
    for answer in [json_response(401, &json!({ "error": "invalid_client" })), html(403), html(404)] {
        asked.answer(answer);
        assert_eq!(verdict(asked.verify().await), ("rs.unavailable", Disposition::Config));
    }
    let world = World::new();
    let api = world.provider.resource_server(API).introspection(world.client.clone()).build().unwrap();
    assert_eq!(verdict(api.verify(OPAQUE).await), ("config.no_endpoint", Disposition::Config));
    let elsewhere = vestibule::testing::TestProvider::new("https://other.example").unwrap();
    let api = elsewhere.provider().resource_server(API).introspection(world.client.clone());
    assert_eq!(api.build().unwrap_err(), ConfigError::Introspection);
    let both = elsewhere.provider().web_app("b", vestibule::ClientSecret::new("s"));
    let other = elsewhere.provider().resource_server(API).introspection(both);
    let api = world.provider.resource_server(API).introspection(world.client.clone()).also(other);
    assert_eq!(api.build().unwrap_err(), ConfigError::Introspection);
}

#[tokio::test]
async fn g10_an_answer_is_believed_for_a_minute_at_most() {
    let asked = Asked::with(|introspection| introspection.remembered_for(Duration::from_secs(3600))).await;
    asked.say(&asked.active());
    asked.verify().await.unwrap();
    asked.say(&json!({ "active": false }));
    asked.world.clock.advance(Duration::from_secs(59));
    asked.verify().await.unwrap();
    asked.world.clock.advance(Duration::from_secs(1));
    assert_eq!(code(asked.verify().await), "rs.inactive");
}

#[tokio::test]
async fn g10_an_answer_is_believed_no_longer_than_the_token_lives() {
    let asked = Asked::new().await;
    asked.say(&with(asked.active(), "exp", asked.now() - 30));
    asked.verify().await.unwrap();
    asked.world.clock.advance(Duration::from_secs(30));
    assert_eq!(code(asked.verify().await), "rs.claims");
    assert_eq!(asked.calls(), 2);
}

#[tokio::test]
async fn g10_nothing_is_remembered_where_nothing_may_be() {
    let asked = Asked::with(|introspection| introspection.remembered_for(Duration::ZERO)).await;
    asked.say(&asked.active());
    asked.verify().await.unwrap();
    asked.verify().await.unwrap();
    assert_eq!(asked.calls(), 2);
}

#[tokio::test]
async fn g10_jwts_are_not_asked_about_unless_told() {
    let asked = Asked::new().await;
    asked.say(&json!({ "active": false }));
    asked.api.verify(&asked.jwt()).await.unwrap();
    for garbage in ["eyJhbGciOiJub25lIn0.e30.", "e.", "eyJ.a.b.c.d"] {
        assert!(asked.api.verify(garbage).await.is_err());
    }
    assert_eq!(asked.calls(), 0);
}

#[tokio::test]
async fn g10_a_jwt_that_is_asked_about_has_passed_every_check() {
    let asked = Asked::with(Introspection::also_jwts).await;
    asked.say(&json!({ "active": true, "sub": "alice" }));
    let jwt = asked.jwt();
    let grant = asked.api.verify(&jwt).await.unwrap();
    assert_eq!(grant.client_id(), Some("dashboard"), "what the token says itself");
    assert!(Arc::ptr_eq(&grant, &asked.api.verify(&jwt).await.unwrap()));
    assert_eq!(asked.calls(), 1);
    let id_token = asked.world.issuer.sign(&asked.world.issuer.id_token_claims(
        API,
        "n",
        vestibule::Clock::now(&asked.world.clock),
    ));
    assert_eq!(code(asked.api.verify(&id_token).await), "rs.wrong_type");
    assert_eq!(asked.calls(), 0, "nothing that is refused here is asked about");
    asked.world.clock.advance(Duration::from_secs(60));
    for (answer, expected) in
        [(json!({ "active": true, "sub": "bob" }), "rs.claims"), (json!({ "active": false }), "rs.inactive")]
    {
        asked.say(&answer);
        assert_eq!(code(asked.api.verify(&jwt).await), expected);
    }
}

#[tokio::test]
async fn g10_one_call_serves_all_who_bring_the_token() {
    let asked = Asked::new().await;
    let gate = Gate::around(&asked).await;
    let (one, other, third) = tokio::join!(gate.api.verify(OPAQUE), gate.api.verify(OPAQUE), async {
        tokio::task::yield_now().await;
        gate.open();
        gate.api.verify(OPAQUE).await
    });
    let (one, other, third) = (one.unwrap(), other.unwrap(), third.unwrap());
    assert!(Arc::ptr_eq(&one, &other) && Arc::ptr_eq(&other, &third));
    assert_eq!(gate.calls(), 1);
}

#[tokio::test]
async fn g10_who_waits_asks_in_the_place_of_one_who_went_away() {
    let asked = Asked::new().await;
    let gate = Gate::around(&asked).await;
    let first = tokio::spawn({
        let api = gate.api.clone();
        async move { api.verify(OPAQUE).await }
    });
    tokio::task::yield_now().await;
    let second = tokio::spawn({
        let api = gate.api.clone();
        async move { api.verify(OPAQUE).await }
    });
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    gate.open();
    second.await.unwrap().unwrap();
    assert_eq!(gate.calls(), 2);
}

#[tokio::test]
async fn g10_a_flood_of_made_up_tokens_is_bounded() {
    let asked = Asked::new().await;
    let gate = Gate::around(&asked).await;
    let flood: Vec<_> = (0..200)
        .map(|number| {
            let api = gate.api.clone();
            tokio::spawn(async move { api.verify(&format!("made-up-{number}")).await })
        })
        .collect();
    // Each of them has come as far as it can.
    for _ in 0..flood.len() {
        tokio::task::yield_now().await;
    }
    gate.open();
    let mut busy = 0;
    for visitor in flood {
        busy += usize::from(
            visitor.await.unwrap().is_err_and(|error| vestibule::Diagnose::code(&error) == "rs.unavailable"),
        );
    }
    assert_eq!((gate.calls(), busy), (64, 136));
    gate.api.verify(OPAQUE).await.unwrap();
}

/// A provider whose introspection endpoint answers once it is told to.
struct Gate {
    api: ResourceServer,
    calls: Arc<std::sync::atomic::AtomicUsize>,
    gate: Arc<tokio::sync::Semaphore>,
}

impl Gate {
    async fn around(asked: &Asked) -> Self {
        let (gate, calls) = (Arc::new(tokio::sync::Semaphore::new(0)), Arc::default());
        let transport =
            Held { inner: asked.world.op.transport(), gate: Arc::clone(&gate), calls: Arc::clone(&calls) };
        asked.say(&asked.active());
        let builder = vestibule::Provider::builder(ISSUER).unwrap().transport(transport);
        let provider = builder.clock(asked.world.clock.clone()).build().unwrap();
        provider.ready().await.unwrap();
        let client = provider.web_app(CLIENT, vestibule::ClientSecret::new("s"));
        let api = provider.resource_server(API).introspection(client).build().unwrap();
        Self { api, calls, gate }
    }

    fn open(&self) {
        self.gate.add_permits(tokio::sync::Semaphore::MAX_PERMITS);
    }

    fn calls(&self) -> usize {
        self.calls.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Held {
    inner: vestibule::testing::TestTransport,
    gate: Arc<tokio::sync::Semaphore>,
    calls: Arc<std::sync::atomic::AtomicUsize>,
}

#[async_trait::async_trait]
impl vestibule::transport::Transport for Held {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: vestibule::transport::Limits,
    ) -> Result<Response<Bytes>, vestibule::transport::TransportError> {
        if request.uri().path() == "/introspect" {
            self.calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            drop(self.gate.acquire().await.unwrap());
        }
        self.inner.send(request, limits).await
    }
}
