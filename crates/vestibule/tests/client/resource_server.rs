//! G02, G12, A02: an API and the tokens it is called with; what is asked of the provider meanwhile, and what is remembered.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use vestibule::{
    AccessTokenPolicy, Algorithm, ConfigError, Diagnose, Disposition, Provider, ResourceServer,
    testing::{SeededRandom, TestIssuer, TestKey, json_response},
};

use crate::support::{ISSUER, Op, World, code, html, verdict, with};

const API: &str = "https://api.example";
const KEYS: [&str; 2] = ["/.well-known/openid-configuration", "/jwks"];

fn api(world: &World) -> ResourceServer {
    world.provider.resource_server(API).build().unwrap()
}

fn claims(world: &World) -> Value {
    world.issuer.access_token_claims(API, vestibule::Clock::now(&world.clock))
}

fn token(world: &World) -> String {
    world.issuer.sign_typed("at+jwt", &claims(world))
}

/// Publishes other keys than those that tokens were signed with.
fn withdraw_keys(world: &World) {
    let other = TestIssuer::with_keys(ISSUER, [TestKey::numbered(Algorithm::Rs256, "rs256", 1)]);
    world.op.respond("/jwks", json_response(200, &other.jwks()));
}

/// Whether the second answer is the one that was remembered from the first.
async fn is_remembered(api: &ResourceServer, raw: &str) -> bool {
    let first = api.verify(raw).await.unwrap();
    Arc::ptr_eq(&first, &api.verify(raw).await.unwrap())
}

#[tokio::test]
async fn keys_are_fetched_once_and_a_token_is_verified_once() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let (api, raw) = (api(&world), token(&world));
    assert!(is_remembered(&api, &raw).await);
    assert!(is_remembered(&api.clone(), &raw).await);
    assert_eq!(world.op.heard(), KEYS);
}

#[tokio::test]
async fn nothing_is_remembered_where_nothing_may_be() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let api = world.provider.resource_server(API).remembered_tokens(0).build().unwrap();
    assert!(!is_remembered(&api, &token(&world)).await);
}

#[tokio::test]
async fn memory_is_bounded() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let api = world.provider.resource_server(API).remembered_tokens(8).build().unwrap();
    let tokens: Vec<_> =
        (0..64).map(|n| world.issuer.sign_typed("at+jwt", &with(claims(&world), "n", n))).collect();
    let mut grants = Vec::new();
    for raw in &tokens {
        grants.push(api.verify(raw).await.unwrap());
    }
    let kept = grants.iter().filter(|grant| Arc::strong_count(grant) > 1).count();
    assert!(kept <= 8, "{kept} of 64 are kept");
}

#[tokio::test]
async fn g04_a_remembered_token_expires_to_the_second() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let policy = AccessTokenPolicy::rfc9068().clock_skew(Duration::ZERO).unwrap();
    let api = world.provider.resource_server(API).policy(policy).build().unwrap();
    let now = vestibule::Clock::now(&world.clock).as_secs();
    let raw = world.issuer.sign_typed("at+jwt", &with(claims(&world), "exp", now + 30));
    api.verify(&raw).await.unwrap();
    world.clock.advance(Duration::from_secs(29));
    assert!(is_remembered(&api, &raw).await);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(code(api.verify(&raw).await), "rs.claims");
}

#[tokio::test]
async fn a_token_is_verified_again_after_five_minutes() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let api = api(&world);
    let exp = vestibule::Clock::now(&world.clock).as_secs() + 3600;
    let raw = world.issuer.sign_typed("at+jwt", &with(claims(&world), "exp", exp));
    let first = api.verify(&raw).await.unwrap();
    world.clock.advance(Duration::from_secs(299));
    assert!(Arc::ptr_eq(&first, &api.verify(&raw).await.unwrap()));
    world.clock.advance(Duration::from_secs(1));
    assert!(!Arc::ptr_eq(&first, &api.verify(&raw).await.unwrap()));
}

#[tokio::test]
async fn a_withdrawn_key_ends_what_it_signed_as_soon_as_the_next_set_is_read() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let api = api(&world);
    let exp = vestibule::Clock::now(&world.clock).as_secs() + 3600;
    let raw = world.issuer.sign_typed("at+jwt", &with(claims(&world), "exp", exp));
    withdraw_keys(&world);
    world.clock.advance(Duration::from_secs(481));
    assert!(is_remembered(&api, &raw).await);
    world.provider.refresh_if_due().await.unwrap();
    assert_eq!(code(api.verify(&raw).await), "jwt.bad_signature");
}

#[tokio::test]
async fn a_withdrawn_key_ends_what_it_signed_within_the_bound_though_nobody_else_reads_keys() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    let api = api(&world);
    let exp = vestibule::Clock::now(&world.clock).as_secs() + 3600;
    let raw = world.issuer.sign_typed("at+jwt", &with(claims(&world), "exp", exp));
    withdraw_keys(&world);
    world.clock.advance(Duration::from_secs(599));
    api.verify(&raw).await.unwrap();
    world.clock.advance(Duration::from_secs(299));
    api.verify(&raw).await.unwrap();
    assert_eq!(world.op.heard(), KEYS, "all this time, one key set");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(code(api.verify(&raw).await), "jwt.bad_signature");
    assert_eq!(world.op.heard(), ["/jwks"]);
}

#[tokio::test]
async fn what_is_refused_is_not_remembered_and_calls_nobody() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    world.op.take();
    let api = api(&world);
    for (raw, expected) in [
        ("x".repeat(16 * 1024 + 1), "jwt.too_large"),
        (".".repeat(1_000_000), "jwt.too_large"),
        ("opaque".to_owned(), "jwt.malformed"),
        (world.issuer.sign(&claims(&world)), "rs.wrong_type"),
        (
            world.issuer.sign_typed("at+jwt", &with(claims(&world), "iss", "https://evil.example")),
            "rs.issuer",
        ),
        (world.issuer.sign_typed("at+jwt", &with(claims(&world), "aud", "dashboard")), "rs.audience"),
    ] {
        for _ in 0..2 {
            assert_eq!(verdict(api.verify(&raw).await), (expected, Disposition::Reject));
        }
    }
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn h05_without_keys_nothing_is_accepted_and_nothing_refused_for_good() {
    let world = World::new();
    world.op.respond("/jwks", html(503));
    let (api, raw) = (api(&world), token(&world));
    assert_eq!(verdict(api.verify(&raw).await), ("jwks.unavailable", Disposition::Retry));
    world.op.respond("/jwks", json_response(200, &world.issuer.jwks()));
    world.clock.advance(Duration::from_secs(60));
    api.verify(&raw).await.unwrap();
}

/// Another issuer, whose key has the same name.
struct Other {
    op: Op,
    provider: Provider,
    issuer: TestIssuer,
}

impl Other {
    const ISSUER: &str = "https://partners.example";

    fn new(world: &World) -> Self {
        let key = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
        let (op, issuer) = (Op::default(), TestIssuer::with_keys(Self::ISSUER, [key]));
        let metadata = world.metadata().to_string().replace(ISSUER, Self::ISSUER);
        let metadata = serde_json::from_str(&metadata).unwrap();
        op.respond("/.well-known/openid-configuration", json_response(200, &metadata));
        op.respond("/jwks", json_response(200, &issuer.jwks()));
        let builder = Provider::builder(Self::ISSUER).unwrap().transport(op.transport());
        let provider = builder.clock(world.clock.clone()).random(SeededRandom::new(1)).build().unwrap();
        Self { op, provider, issuer }
    }

    fn claims(&self, world: &World) -> Value {
        self.issuer.access_token_claims(API, vestibule::Clock::now(&world.clock))
    }
}

#[tokio::test]
async fn g12_the_unverified_issuer_chooses_from_the_list_alone() {
    let world = World::new();
    let other = Other::new(&world);
    let untyped = other.provider.resource_server(API).policy(AccessTokenPolicy::untyped());
    let api = world.provider.resource_server(API).also(untyped).build().unwrap();
    assert_eq!(api.issuers().collect::<Vec<_>>(), [ISSUER, Other::ISSUER]);

    assert_eq!(api.verify(&token(&world)).await.unwrap().issuer(), ISSUER);
    assert!(other.op.heard().is_empty(), "a token of one issuer is no business of the other");
    world.op.take();
    let theirs = api.verify(&other.issuer.sign(&other.claims(&world))).await.unwrap();
    assert_eq!(theirs.issuer(), Other::ISSUER);
    assert!(world.op.heard().is_empty());
    other.op.take();

    let forged = other.issuer.sign_typed("at+jwt", &claims(&world));
    assert_eq!(code(api.verify(&forged).await), "jwt.bad_signature", "A's name, B's key");
    let forged = world.issuer.sign(&other.claims(&world));
    assert_eq!(code(api.verify(&forged).await), "jwt.bad_signature", "B's name, A's key");
    let untyped = world.issuer.sign(&claims(&world));
    assert_eq!(code(api.verify(&untyped).await), "rs.wrong_type", "B's policy is not A's");
    for iss in [json!("https://unknown.example"), json!([ISSUER]), Value::Null] {
        let unknown = world.issuer.sign_typed("at+jwt", &with(claims(&world), "iss", iss));
        assert_eq!(code(api.verify(&unknown).await), "rs.issuer");
    }
    assert!(world.op.heard().is_empty() && other.op.heard().is_empty());
}

#[tokio::test]
async fn g12_configuration_faults_are_told_at_start() {
    let world = World::new();
    let provider = &world.provider;
    let twice = provider.resource_server(API).also(provider.resource_server("other")).build();
    assert_eq!(twice.unwrap_err(), ConfigError::IssuerTwice);
    assert_eq!(provider.resource_server("").build().unwrap_err(), ConfigError::Audience);
    let empty = provider.resource_server(API).audiences(["dashboard", ""]).build();
    assert_eq!(empty.unwrap_err().code(), "config.audience");
    assert!(world.op.heard().is_empty());
}
