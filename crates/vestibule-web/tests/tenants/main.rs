//! A29, G13: an application and its API at a provider that serves many tenants under one name.

use std::{
    future::ready,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Value, json};
use url::Url;
use vestibule::{
    ClientSecret, Clock, Diagnose, Provider, Tenants,
    testing::{TestClock, TestIssuer, TestTransport, json_response},
};
use vestibule_web::{
    Api, ApiError, ConfigError, CookieKeys, MemoryStore, RelyingParty, Visitor,
    http::{Reply, RequestHead},
};

const NAME: &str = "https://op.example/organizations/v2.0";
const ACME: &str = "https://op.example/acme/v2.0";
const API: &str = "https://api.example";
const CLIENT: &str = "dashboard";

struct World {
    issuer: TestIssuer,
    clock: TestClock,
    id_token: Arc<Mutex<String>>,
    provider: Provider,
    relying_party: RelyingParty,
}

impl World {
    fn new() -> Self {
        let (issuer, clock, id_token) =
            (TestIssuer::new(NAME), TestClock::default(), Arc::<Mutex<String>>::default());
        let transport = TestTransport::new({
            let (jwks, id_token) = (issuer.jwks(), Arc::clone(&id_token));
            move |request| {
                Ok(json_response(
                    200,
                    &match request.uri().path() {
                        "/jwks" => jwks.clone(),
                        "/token" => json!({
                            "access_token": "at", "token_type": "Bearer", "expires_in": 300,
                            "id_token": *id_token.lock().unwrap(),
                        }),
                        _ => metadata(),
                    },
                ))
            }
        });
        let provider = Provider::builder(NAME).unwrap().tenants(Tenants::any()).unwrap();
        let provider = provider.transport(transport).clock(clock.clone()).build().unwrap();
        let client = provider.web_app(CLIENT, ClientSecret::new("s"));
        let keys = CookieKeys::from_base64("450QZFs7i2hSFxDc-6eoeou7PB3qhJOmCo99P8p_08k").unwrap();
        let store = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
        let relying_party = RelyingParty::builder(client, "https://app.example")
            .stored_sessions(store, keys)
            .build()
            .unwrap();
        Self { issuer, clock, id_token, provider, relying_party }
    }

    /// A token of ACME's.
    fn sign(&self, typ: &str, mut claims: Value) -> String {
        claims["iss"] = ACME.into();
        claims["tid"] = "acme".into();
        self.issuer.sign_typed(typ, &claims)
    }

    async fn serve(&self, request: Request<String>) -> Reply {
        let (parts, body) = request.into_parts();
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        let endpoint = self.relying_party.endpoint(head.path).unwrap();
        self.relying_party.serve(endpoint, head, |_| ready(Ok(Bytes::from(body)))).await
    }

    async fn grant(&self, api: &Api, token: &str) -> Result<(), ApiError> {
        let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap();
        let head = RequestHead::new(request.method(), request.uri(), request.headers());
        api.call(&head).grant().await.map(drop)
    }
}

fn metadata() -> Value {
    json!({
        "issuer": "https://op.example/{tenantid}/v2.0",
        "authorization_endpoint": "https://op.example/authorize",
        "token_endpoint": "https://op.example/token",
        "jwks_uri": "https://op.example/jwks",
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

fn cookies(reply: &Reply) -> String {
    let cookies = reply.headers().get_all(header::SET_COOKIE).iter();
    cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a29_a_user_is_one_of_the_tenants() {
    let world = World::new();
    let start = world
        .serve(
            Request::get("/auth/login")
                .header("accept", "text/html")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document")
                .body(String::new())
                .unwrap(),
        )
        .await;
    assert_eq!(start.status(), 303, "{start:?}");
    let asked = Url::parse(start.headers()[header::LOCATION].to_str().unwrap()).unwrap();
    let asked = |name: &str| asked.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let claims = world.issuer.id_token_claims(CLIENT, &asked("nonce"), world.clock.now());
    *world.id_token.lock().unwrap() = world.sign("JWT", claims);
    let back = Request::get(format!("/auth/callback?code=c&state={}", asked("state")));
    let end = world.serve(back.header("cookie", cookies(&start)).body(String::new()).unwrap()).await;
    let page = Request::get("/").header("cookie", cookies(&end)).body(()).unwrap();
    let visit = world.relying_party.visit(&RequestHead::new(page.method(), page.uri(), page.headers()));
    let Ok(Visitor::SignedIn(session)) = visit.visitor().await else { panic!("{end:?}") };
    assert_eq!((session.issuer(), session.subject()), (ACME, "alice"));
}

#[tokio::test]
async fn g13_a_logout_ends_the_tokens_of_a_tenants_user() {
    let world = World::new();
    let api = world.provider.resource_server(API).build().unwrap();
    let api = Api::builder(api, API).revocable_by(&world.relying_party).build().unwrap();
    world.clock.advance(std::time::Duration::from_secs(600));
    let mut claims = world.issuer.access_token_claims(API, world.clock.now());
    let hers = world.sign("at+jwt", claims.clone());
    claims["sub"] = "bob".into();
    claims["sid"] = "another".into();
    let his = world.sign("at+jwt", claims);
    for token in [&hers, &his] {
        world.grant(&api, token).await.unwrap();
    }
    let notice = world.issuer.logout_token_claims(CLIENT, "1", world.clock.now());
    let notice = format!("logout_token={}", world.sign("logout+jwt", notice));
    let request = Request::builder().method(Method::POST).uri("/auth/backchannel-logout");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(notice).unwrap();
    assert_eq!(world.serve(request).await.status(), 200);
    assert_eq!(world.grant(&api, &hers).await.unwrap_err().code(), "rs.revoked");
    world.grant(&api, &his).await.unwrap();
}

#[test]
fn g13_logouts_of_another_issuer_are_told_at_the_start() {
    let world = World::new();
    let elsewhere = Provider::new("https://op.example").unwrap().resource_server(API).build().unwrap();
    let api = Api::builder(elsewhere, API).revocable_by(&world.relying_party);
    assert_eq!(api.build().unwrap_err(), ConfigError::Revocable);
}
