//! Table E, rows E01 and E05 to E09: what is believed of a provider's metadata.

use serde_json::{Value, json};
use vestibule::{
    ClientSecret, ConfigError, Diagnose, Disposition, Issuer, Provider, RedirectUri,
    testing::{TestTransport, json_response},
};

use crate::support::{CLIENT, ISSUER, World, code, html, raw, verdict, with, without};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Publishes the metadata and asks for it once.
async fn judge(world: &World, metadata: &Value) -> (&'static str, Disposition) {
    world.publish(metadata);
    let verdict = verdict(world.client.begin_login(&world.request()).await);
    assert_eq!(world.op.heard(), [DISCOVERY], "nothing but the metadata may be asked for");
    verdict
}

#[test]
fn e01_issuers_are_https() {
    for insecure in [
        "http://op.example",
        "http://localhost.evil",
        "http://127.0.0.1.evil",
        "http://10.0.0.1",
        "http://[::ffff:127.0.0.1]",
        "ftp://op.example",
        "file:///etc/passwd",
        "data:text/plain,op",
        "//op.example",
        "op.example",
        "",
    ] {
        assert_eq!(Issuer::new(insecure), Err(ConfigError::Issuer), "{insecure}");
        assert_eq!(RedirectUri::new(insecure), Err(ConfigError::RedirectUri), "{insecure}");
    }
    assert_eq!(ConfigError::Issuer.code(), "config.issuer");
}

#[test]
fn e01_http_is_for_this_machine_alone() {
    for loopback in ["http://127.0.0.1:8080", "http://127.8.9.10", "http://[::1]:1", "http://localhost/realm"]
    {
        assert_eq!(Issuer::new(loopback).unwrap().as_str(), loopback);
        assert_eq!(RedirectUri::new(loopback).unwrap().as_str(), loopback);
    }
}

#[tokio::test]
async fn e01_endpoints_are_https() {
    let endpoints = [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "device_authorization_endpoint",
    ];
    let insecure = [
        "http://op.example/x",
        "http://localhost.evil/x",
        "http://127.0.0.1.evil/x",
        "file:///etc/passwd",
        "data:application/json,{}",
        "javascript:alert(1)",
    ];
    for endpoint in endpoints {
        for url in insecure {
            let world = World::new();
            let verdict = judge(&world, &with(world.metadata(), endpoint, url)).await;
            assert_eq!(verdict, ("discovery.insecure_url", Disposition::Config), "{endpoint}: {url}");
        }
    }
}

#[tokio::test]
async fn e05_metadata_is_one_strict_json_object() {
    let good = World::new().metadata().to_string();
    let repeated = good.replacen('{', r#"{"issuer":"https://op.example","#, 1);
    let deep = with(World::new().metadata(), "x", nested(40)).to_string();
    let bodies: [(&str, Vec<u8>); 9] = [
        ("a page", b"<!doctype html><title>Sign in</title>".to_vec()),
        ("nothing", Vec::new()),
        ("a list", format!("[{good}]").into_bytes()),
        ("a repeated name", repeated.into_bytes()),
        ("too deep", deep.into_bytes()),
        (
            "bad UTF-8",
            good.replace("code", "c\u{fffd}de").into_bytes().into_iter().filter(|b| *b != 0xbf).collect(),
        ),
        ("a byte order mark", format!("\u{feff}{good}").into_bytes()),
        ("truncated", good.as_bytes()[..good.len() - 1].to_vec()),
        ("something after it", format!("{good}{good}").into_bytes()),
    ];
    for (name, body) in bodies {
        let world = World::new();
        world.op.respond(DISCOVERY, raw(200, "application/json", body));
        let verdict = verdict(world.provider.ready().await);
        assert_eq!(verdict, ("discovery.malformed", Disposition::Retry), "{name}");
        assert_eq!(world.op.heard(), [DISCOVERY], "{name}");
    }
}

#[tokio::test]
async fn e05_only_200_is_an_answer() {
    for status in [201, 204, 400, 401, 404, 410] {
        let world = World::new();
        world.op.respond(DISCOVERY, json_response(status, &world.metadata()));
        assert_eq!(code(world.provider.ready().await), "discovery.malformed", "{status}");
        assert_eq!(world.op.heard(), [DISCOVERY]);
    }
    for status in [429, 500, 502, 503] {
        let world = World::new();
        world.op.respond(DISCOVERY, html(status));
        let verdict = verdict(world.provider.ready().await);
        assert_eq!(verdict, ("discovery.unavailable", Disposition::Retry), "{status}");
        assert_eq!(world.op.heard(), [DISCOVERY]);
    }
}

#[tokio::test]
async fn e06_the_stated_issuer_is_the_configured_one() {
    for stated in [
        json!("https://op.example/"),
        json!("https://OP.example"),
        json!("HTTPS://op.example"),
        json!("https://op.example:443"),
        json!("https://op.example/realm"),
        json!("https://op.example.evil"),
        json!("https://op.exampl"),
        json!("http://op.example"),
        json!("https://op.example?x"),
        json!("https://op.example#x"),
        json!("https://user@op.example"),
        json!("https://op.ex\u{430}mple"),
        json!(" https://op.example"),
        json!(["https://op.example"]),
        json!(null),
        json!(""),
    ] {
        let world = World::new();
        let verdict = judge(&world, &with(world.metadata(), "issuer", stated.clone())).await;
        assert_eq!(verdict, ("discovery.issuer_mismatch", Disposition::Config), "{stated}");
    }
    let world = World::new();
    let verdict = judge(&world, &without(world.metadata(), "issuer")).await;
    assert_eq!(verdict, ("discovery.issuer_mismatch", Disposition::Config), "missing");
}

#[test]
fn e06_a_configured_issuer_is_plain() {
    for odd in [
        "https://op.example?tenant=1",
        "https://op.example?",
        "https://op.example#top",
        "https://op.example#",
        "https://user@op.example",
        "https://user:password@op.example",
        "https://@op.example",
        " https://op.example",
        "https://op.example ",
        "https://op.example\n",
        "https://op.exa\tmple",
        "https:op.example",
        "https:/op.example",
        "https:///op.example",
        "https:\\\\op.example",
        "https://op.example\\realm",
        "https://b\u{fc}cher.example",
        "https://",
    ] {
        assert_eq!(Issuer::new(odd), Err(ConfigError::Issuer), "{odd:?}");
    }
    assert!(Issuer::new("https://op.example/realms/@home").is_ok());
}

/// Auth0 and the conformance suite end their issuers with a slash. It belongs to the issuer and not to the path of the
/// metadata (Discovery section 4.1).
#[tokio::test]
async fn e06_a_trailing_slash_belongs_to_the_issuer() {
    let world = World::at("https://op.example/");
    world.log_in_with(|claims| claims).await.unwrap();
    assert_eq!(world.provider.metadata().await.unwrap().issuer.as_str(), "https://op.example/");

    let world = World::at("https://op.example/");
    let verdict = judge(&world, &with(world.metadata(), "issuer", ISSUER)).await;
    assert_eq!(verdict.0, "discovery.issuer_mismatch");
}

#[tokio::test]
async fn e06_the_path_of_an_issuer_comes_first() {
    for issuer in ["https://op.example/realms/one", "https://op.example/realms/one/"] {
        let world = World::at(issuer);
        assert_eq!(code(world.provider.ready().await), "discovery.malformed", "there is nothing there");
        assert_eq!(world.op.heard(), ["/realms/one/.well-known/openid-configuration"]);
    }
}

#[tokio::test]
async fn e07_required_members_are_there() {
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "id_token_signing_alg_values_supported",
    ] {
        let world = World::new();
        let verdict = judge(&world, &without(world.metadata(), member)).await;
        assert_eq!(verdict, ("discovery.malformed", Disposition::Config), "{member}");
    }
}

#[tokio::test]
async fn e07_members_have_their_types() {
    for (member, value) in [
        ("authorization_endpoint", json!(1)),
        ("token_endpoint", json!(["https://op.example/token"])),
        ("jwks_uri", json!(null)),
        ("jwks_uri", json!("/jwks")),
        ("jwks_uri", json!("https://")),
        ("userinfo_endpoint", json!(true)),
        ("revocation_endpoint", json!({})),
        ("end_session_endpoint", json!(0)),
        ("device_authorization_endpoint", json!(false)),
        ("response_types_supported", json!("code")),
        ("id_token_signing_alg_values_supported", json!(["RS256", 256])),
        ("token_endpoint_auth_methods_supported", json!("client_secret_basic")),
        ("scopes_supported", json!({})),
        ("code_challenge_methods_supported", json!("S256")),
        ("authorization_response_iss_parameter_supported", json!("true")),
        ("backchannel_logout_supported", json!(1)),
        ("backchannel_logout_session_supported", json!("false")),
    ] {
        let world = World::new();
        let verdict = judge(&world, &with(world.metadata(), member, value.clone())).await;
        assert_eq!(verdict, ("discovery.malformed", Disposition::Config), "{member}: {value}");
    }
}

#[tokio::test]
async fn e07_endpoints_are_plain() {
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "device_authorization_endpoint",
    ] {
        for odd in [
            "https://op.example/x#fragment",
            "https://op.example/x#",
            "https://user@op.example/x",
            "https://op.example\\@evil.example/x",
            " https://op.example/x",
            "https:op.example/x",
        ] {
            let world = World::new();
            let verdict = judge(&world, &with(world.metadata(), endpoint, odd)).await;
            assert_eq!(verdict, ("discovery.malformed", Disposition::Config), "{endpoint}: {odd}");
        }
    }
}

#[tokio::test]
async fn e07_an_endpoint_keeps_its_query() {
    let world = World::with_metadata(&[
        ("authorization_endpoint", json!("https://op.example/authorize?tenant=a%20b")),
        ("token_endpoint", json!("https://op.example/token?tenant=a%20b")),
        ("jwks_uri", json!("https://op.example/jwks?tenant=a%20b")),
        ("userinfo_endpoint", json!("https://op.example/userinfo?tenant=a%20b")),
        ("revocation_endpoint", json!("https://op.example/revoke?tenant=a%20b")),
    ]);
    let start = world.begin().await;
    assert!(start.url.query().unwrap().starts_with("tenant=a%20b&response_type=code&"), "{}", start.url);

    world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
    let login = world.complete(start).await.unwrap();
    let _ = world.client.user_info(&login.tokens.access_token, login.id_token.identity()).await;
    let _ = world.client.revoke(vestibule::RevocableToken::Access(&login.tokens.access_token)).await;
    let queries: Vec<_> = world.op.take().into_iter().skip(1).map(|sent| sent.query).collect();
    assert_eq!(queries, vec![Some("tenant=a%20b".to_owned()); 4]);
}

#[tokio::test]
async fn e07_unknown_members_are_ignored() {
    let world = World::with_metadata(&[("x_future", json!({ "a": [1, null] })), ("op_policy_uri", json!(7))]);
    world.provider.ready().await.unwrap();
}

fn beside(first: &Provider, issuer: &str, token_endpoint: &str) -> Provider {
    let metadata = with(with(World::new().metadata(), "issuer", issuer), "token_endpoint", token_endpoint);
    let transport = TestTransport::new(move |_| Ok(json_response(200, &metadata)));
    Provider::builder(issuer).unwrap().transport(transport).beside(first).build().unwrap()
}

#[tokio::test]
async fn e08_two_issuers_do_not_share_a_token_endpoint() {
    for shared in
        ["https://op.example/token", "https://op.example:443/token", "https://op.example/token?as=mine"]
    {
        let honest = World::new();
        let other = beside(&honest.provider, "https://other.example", shared);
        honest.provider.metadata().await.unwrap();
        let verdict = verdict(other.metadata().await);
        assert_eq!(verdict, ("config.shared_endpoint", Disposition::Config), "{shared}");
        let client = other.web_app(CLIENT, ClientSecret::new("s"));
        assert_eq!(code(client.begin_login(&honest.request()).await), "config.shared_endpoint");
        assert!(honest.client.begin_login(&honest.request()).await.is_ok(), "the first one goes on");
    }
}

#[tokio::test]
async fn e08_different_endpoints_and_the_same_issuer_are_fine() {
    let first = World::new();
    first.provider.metadata().await.unwrap();
    beside(&first.provider, "https://other.example", "https://op.example/other/token")
        .metadata()
        .await
        .unwrap();
    beside(&first.provider, ISSUER, "https://op.example/token").metadata().await.unwrap();
}

#[tokio::test]
async fn e08_endpoints_on_other_hosts_are_told() {
    let world = World::with_metadata(&[
        ("token_endpoint", json!("https://tokens.example/token")),
        ("jwks_uri", json!("https://keys.example/jwks")),
    ]);
    let metadata = world.provider.metadata().await.unwrap();
    assert_eq!(metadata.foreign_hosts().into_iter().collect::<Vec<_>>(), ["keys.example", "tokens.example"]);

    let metadata = World::new().provider.metadata().await.unwrap();
    assert!(metadata.foreign_hosts().is_empty());
}

/// An issuer that nobody configured is never asked for anything, whatever a token says.
#[tokio::test]
async fn e09_issuers_are_a_fixed_list() {
    for iss in ["https://127.1", "https://10.0.0.1", "https://169.254.169.254", "https://[fd00::1]"] {
        let world = World::new();
        let verdict = verdict(world.log_in_with(|claims| with(claims, "iss", iss)).await);
        assert_eq!(verdict, ("id_token.issuer_mismatch", Disposition::Reject), "{iss}");
        assert_eq!(world.op.heard(), ["/token"], "{iss}");

        let claims = world.issuer.logout_token_claims(CLIENT, "jti-1", vestibule::Clock::now(&world.clock));
        let raw = world.issuer.sign(&with(claims, "iss", iss));
        assert_eq!(code(world.client.verify_logout_token(&raw).await), "logout.issuer_mismatch");
        assert!(world.op.heard().is_empty(), "{iss}");
    }
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}
