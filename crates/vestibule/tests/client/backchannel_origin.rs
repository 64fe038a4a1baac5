//! E01: the provider at another origin than its issuer's, for this application alone.

use serde_json::Value;
use vestibule::{ConfigError, Diagnose, Disposition, EndSession, Provider, RevocableToken};

use crate::support::{ISSUER, World, raw, verdict, with};

const INSIDE: &str = "http://keycloak:8080";

fn world() -> World {
    World::configured(ISSUER, |provider| {
        provider.backchannel_origin(INSIDE).unwrap().danger_plain_http_host("keycloak")
    })
}

#[tokio::test]
async fn e01_calls_go_to_the_other_origin_and_browsers_to_the_issuer() {
    let world = world();
    let login = world.log_in_with(|claims| claims).await.unwrap();
    world.op.respond("/userinfo", raw(200, "application/json", r#"{"sub":"alice"}"#));
    world.client.user_info(&login.tokens.access_token, login.id_token.identity()).await.unwrap();
    let refresh_token = login.tokens.refresh_token.as_ref().unwrap();
    world.client.refresh(refresh_token, login.id_token.identity()).await.unwrap();
    world.op.respond("/revoke", raw(200, "application/json", "{}"));
    world.client.revoke(RevocableToken::Refresh(refresh_token)).await.unwrap();
    let sent = world.op.take();
    assert_eq!(
        sent.iter().map(|sent| &*sent.path).collect::<Vec<_>>(),
        ["/token", "/jwks", "/userinfo", "/token", "/revoke"]
    );
    assert!(sent.iter().all(|sent| sent.origin == INSIDE), "{sent:?}");
    let start = world.begin().await;
    assert!(start.url.as_str().starts_with("https://op.example/authorize?"), "{}", start.url);
    let end = world.client.end_session_url(&EndSession::new()).await.unwrap();
    assert!(end.as_str().starts_with("https://op.example/end?"), "{end}");
    assert_eq!(login.id_token.issuer(), ISSUER);
}

#[tokio::test]
async fn e01_discovery_goes_there_too_and_states_the_issuer() {
    let world = world();
    world.begin().await;
    assert_eq!(world.op.take().remove(0).origin, INSIDE);
    for stated in [INSIDE, "https://op.example/", "https://other.example"] {
        let world = self::world();
        world.publish(&with(world.metadata(), "issuer", stated));
        let refused = world.client.begin_login(&world.request()).await;
        assert_eq!(verdict(refused), ("discovery.issuer_mismatch", Disposition::Config), "{stated}");
    }
}

#[tokio::test]
async fn e01_a_provider_that_answers_with_the_address_it_was_called_by_is_understood() {
    let world = world();
    let metadata = [
        ("authorization_endpoint", "http://keycloak:8080/authorize?a=b"),
        ("token_endpoint", "http://keycloak:8080/token"),
        ("jwks_uri", "http://keycloak:8080/jwks"),
    ]
    .into_iter()
    .fold(world.metadata(), |metadata, (member, url)| with(metadata, member, url));
    world.publish(&metadata);
    let start = world.begin().await;
    assert!(start.url.as_str().starts_with("https://op.example/authorize?a=b&"), "{}", start.url);
    world.log_in_with(|claims| claims).await.unwrap();
    assert!(world.op.take().iter().all(|sent| sent.origin == INSIDE));
}

#[tokio::test]
async fn e01_one_host_is_called_without_encryption_and_no_other() {
    for (member, url) in [
        ("token_endpoint", "http://keycloak2:8080/token"),
        ("token_endpoint", "http://keycloak.evil.example/token"),
        ("token_endpoint", "ftp://keycloak/token"),
        ("jwks_uri", "http://op.example/jwks"),
        ("authorization_endpoint", "http://keycloak/authorize"),
        ("end_session_endpoint", "http://keycloak:8081/end"),
    ] {
        let world = world();
        world.publish(&with(world.metadata(), member, Value::from(url)));
        let refused = world.client.begin_login(&world.request()).await;
        assert_eq!(verdict(refused), ("discovery.insecure_url", Disposition::Config), "{member} {url}");
        assert_eq!(world.op.heard().len(), 1);
    }
}

#[test]
fn e01_an_unencrypted_origin_must_be_named_as_such() {
    let build = |origin: &str, host: Option<&str>| {
        let provider = Provider::builder(ISSUER)?.backchannel_origin(origin)?;
        match host {
            Some(host) => provider.danger_plain_http_host(host).build(),
            None => provider.build(),
        }
    };
    for (origin, host) in [
        (INSIDE, None),
        (INSIDE, Some("keycloak2")),
        (INSIDE, Some("")),
        ("keycloak:8080", Some("keycloak")),
        ("http://keycloak:8080/realms", Some("keycloak")),
        ("http://keycloak:8080?a=b", Some("keycloak")),
        ("http://keycloak:8080#a", Some("keycloak")),
        ("http://user@keycloak:8080", Some("keycloak")),
        ("ftp://keycloak", Some("keycloak")),
        ("", None),
    ] {
        let refused = build(origin, host).unwrap_err();
        assert_eq!(refused, ConfigError::BackchannelOrigin, "{origin} {host:?}");
        assert_eq!(refused.code(), "config.backchannel_origin");
    }
    for origin in ["https://keycloak:8443", "https://keycloak/", "http://127.0.0.1:8080", "http://localhost"]
    {
        build(origin, None).unwrap();
    }
    build(INSIDE, Some("keycloak")).unwrap();
}

#[tokio::test]
async fn e01_without_the_setting_nothing_moves() {
    let world = World::new();
    world.log_in_with(|claims| claims).await.unwrap();
    assert!(world.op.take().iter().all(|sent| sent.origin == ISSUER));
}
