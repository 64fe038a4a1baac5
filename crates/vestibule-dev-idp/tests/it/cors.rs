//! What scripts may read: answers to the origins of single-page applications, and nobody else's.

use reqwest::Method;
use vestibule_dev_idp::{Application, Endpoint, HttpFault, Misbehaviour, Outage};

use crate::support::{Answer, Authorization, SPA, SPA_ORIGIN, Tokens, World, spa};

const FOREIGN: &str = "https://evil.example";
/// The single-page application `reports` has this origin.
const OTHER: &str = "http://localhost:5173";

fn world() -> World {
    let reports = Application::spa("reports").redirect_uri("https://reports.acme.example/cb").origin(OTHER);
    World::with(|builder| builder.application(reports))
}

async fn send(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let call = world.browser.request(method, world.url(path));
    let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
    Answer::read(call.send().await.unwrap()).await
}

async fn preflight(world: &World, path: &str, origin: &str) -> Answer {
    let asked = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization"),
    ];
    send(world, Method::OPTIONS, path, &asked).await
}

/// The origin that may read the answer.
fn reader(answer: &Answer) -> Option<&str> {
    assert_eq!(answer.header("access-control-allow-credentials"), None, "{answer:?}");
    assert!(answer.headers.get_all("access-control-allow-origin").iter().count() <= 1, "{answer:?}");
    let allowed = answer.header("access-control-allow-origin");
    let told = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(allowed.is_some(), told, "all or nothing: {answer:?}");
    allowed
}

const CALLED: [(&str, &str); 5] = [
    ("/.well-known/openid-configuration", "GET"),
    ("/jwks", "GET"),
    ("/revoke", "POST"),
    ("/token", "POST"),
    ("/userinfo", "GET, POST"),
];

#[tokio::test]
async fn a_registered_origin_may_call() {
    let world = world();
    for (path, methods) in CALLED {
        for origin in [SPA_ORIGIN, OTHER, "https://reports.acme.example"] {
            let answer = preflight(&world, path, origin).await;
            assert_eq!((answer.status, reader(&answer)), (204, Some(origin)), "{path}");
            assert_eq!(answer.header("vary"), Some("origin"));
            assert_eq!(answer.header("access-control-allow-methods"), Some(methods));
            assert_eq!(answer.header("access-control-allow-headers"), Some("authorization, content-type"));
            assert_eq!(answer.header("access-control-max-age"), Some("600"));
        }
    }
}

#[tokio::test]
async fn foreign_origins_and_null_may_not() {
    let world = world();
    for (path, _) in CALLED {
        for origin in [
            FOREIGN,
            "null",
            "*",
            "http://127.0.0.1:3001",
            "https://127.0.0.1:3000",
            "http://127.0.0.1:3000/",
        ] {
            let answer = preflight(&world, path, origin).await;
            assert_eq!((reader(&answer), answer.header("vary")), (None, Some("origin")), "{path} {origin}");
            let answer = send(&world, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!((reader(&answer), answer.header("vary")), (None, Some("origin")), "{path} {origin}");
        }
    }
}

#[tokio::test]
async fn discovery_and_keys_can_be_read() {
    let world = world();
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        let answer = send(&world, Method::GET, path, &[("origin", SPA_ORIGIN)]).await;
        assert_eq!((answer.status, reader(&answer)), (200, Some(SPA_ORIGIN)));
        let without = world.get(path).await;
        assert_eq!((reader(&without), without.header("vary")), (None, Some("origin")), "a cache must know");
        assert_eq!(without.json(), answer.json());
    }
}

#[tokio::test]
async fn tokens_claims_and_revocations_can_be_read() {
    let world = world();
    let answer = world.exchange_for_spa("alice").await;
    assert_eq!(reader(&answer), Some(SPA_ORIGIN));
    let tokens = Tokens::read(&answer);
    let bearer = format!("Bearer {}", tokens.access_token);
    let authorized = [("origin", SPA_ORIGIN), ("authorization", bearer.as_str())];
    let claims = send(&world, Method::GET, "/userinfo", &authorized).await;
    assert_eq!((claims.status, reader(&claims)), (200, Some(SPA_ORIGIN)));
    let revocation = [("token", tokens.refresh_token.as_str()), ("client_id", SPA)];
    let revoked = world.script_posts("/revoke", SPA_ORIGIN, &revocation).await;
    assert_eq!((revoked.status, reader(&revoked)), (200, Some(SPA_ORIGIN)));
}

#[tokio::test]
async fn errors_can_be_read() {
    let world = world();
    let refused = world.token_for_spa(&[("grant_type", "refresh_token"), ("refresh_token", "rt_x")]).await;
    assert_eq!((refused.status, refused.error()), (400, "invalid_grant".to_owned()));
    assert_eq!(reader(&refused), Some(SPA_ORIGIN));
    assert_eq!(refused.header("access-control-expose-headers"), Some("Date, Retry-After, WWW-Authenticate"));
    assert!(refused.header("date").is_some());
    let mistyped = world.script_posts("/token", SPA_ORIGIN, &[("client_id", "analitycs")]).await;
    assert_eq!((mistyped.status, reader(&mistyped)), (401, Some(SPA_ORIGIN)), "else nobody learns why");
    let claims = send(&world, Method::GET, "/userinfo", &[("origin", SPA_ORIGIN)]).await;
    assert_eq!((claims.status, reader(&claims)), (401, Some(SPA_ORIGIN)));
    assert!(claims.header("www-authenticate").is_some());
    let method = send(&world, Method::GET, "/token", &[("origin", SPA_ORIGIN)]).await;
    assert_eq!((method.status, reader(&method)), (405, Some(SPA_ORIGIN)));
}

#[tokio::test]
async fn tokens_of_one_application_are_not_read_from_anothers_origin() {
    let world = world();
    let answers_to = async |client, origin| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", "rt_x"), ("client_id", client)];
        let token = world.script_posts("/token", origin, &form).await;
        let revocation = [("token", "rt_x"), ("client_id", client)];
        let revoked = world.script_posts("/revoke", origin, &revocation).await;
        [&token, &revoked].map(|answer| reader(answer).map(str::to_owned))
    };
    assert_eq!(answers_to(SPA, OTHER).await, [None, None]);
    assert_eq!(answers_to("reports", SPA_ORIGIN).await, [None, None]);
    assert_eq!(answers_to("dashboard", SPA_ORIGIN).await, [None, None], "its redirect URIs are no origins");
    assert_eq!(answers_to("reports", OTHER).await, [Some(OTHER.to_owned()), Some(OTHER.to_owned())]);
}

#[tokio::test]
async fn a_web_application_brings_no_origin() {
    let world = world();
    world.idp.register(spa().redirect_uri("https://elsewhere.example/cb")).unwrap();
    let web = Application::web("web", "s").redirect_uri("https://web.acme.example/cb");
    world.idp.register(web).unwrap();
    let path = "/.well-known/openid-configuration";
    assert_eq!(reader(&preflight(&world, path, "https://web.acme.example").await), None);
    let late = preflight(&world, path, "https://elsewhere.example").await;
    assert_eq!(reader(&late), Some("https://elsewhere.example"), "registered at run time");
}

#[tokio::test]
async fn pages_are_not_read_by_scripts() {
    let world = world();
    let authorize = format!("/authorize?{}", Authorization::of(SPA).query());
    for path in [&authorize, "/login", "/end_session", "/device", "/device_authorization", "/introspect", "/"]
    {
        for method in [Method::GET, Method::POST] {
            let answer = send(&world, method, path, &[("origin", SPA_ORIGIN)]).await;
            assert_eq!((reader(&answer), answer.header("vary")), (None, None), "{path}");
        }
        let answer = preflight(&world, path, SPA_ORIGIN).await;
        assert_eq!((answer.status, reader(&answer)), (405, None), "{path}");
    }
}

#[tokio::test]
async fn misbehaviour_is_for_the_call_and_can_be_read() {
    let world = world();
    let before = world.idp.requests();
    let busy = HttpFault::TooManyRequests { retry_after: "7".to_owned() };
    world.idp.misbehave_once(Misbehaviour::Http(Endpoint::UserInfo, busy));
    let asked = preflight(&world, "/userinfo", SPA_ORIGIN).await;
    assert_eq!((asked.status, world.idp.requests()), (204, before), "a preflight spends nothing");
    let answer = send(&world, Method::GET, "/userinfo", &[("origin", SPA_ORIGIN)]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    assert_eq!(reader(&answer), Some(SPA_ORIGIN));
    world.idp.go_offline(Outage::Unavailable);
    assert_eq!(preflight(&world, "/token", SPA_ORIGIN).await.status, 503);
    let answer = world.token_for_spa(&[("grant_type", "refresh_token")]).await;
    assert_eq!((answer.status, reader(&answer)), (503, Some(SPA_ORIGIN)));
}
