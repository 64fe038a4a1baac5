use http::{HeaderValue, Response};
use scenarios::{Calls, Mount, Request, World, on_every_mount};
use vestibule::transport::{TransportError, TransportErrorKind};

use crate::api::{AT, Api, call};

/// `{"n":1}`
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x53\xb2\x32\xac\x05\x00\x7e\x3b\x4b\xd4\x07\x00\x00\x00";

on_every_mount! {
    a_call_is_carried_with_the_users_token
    d24_a_call_that_no_page_of_ours_made_is_refused
    d25_nothing_of_the_browser_but_the_call_itself_goes_on
    d25_nothing_of_the_answer_but_itself_comes_back
    an_encoded_body_arrives_byte_for_byte_either_way
    an_api_that_fails_is_told_from_an_application_that_fails
}

async fn a_call_is_carried_with_the_users_token(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let token = alice.api(&world, "/api/token").await.text().to_owned();
    let answer = alice.send(&world, call("/api/orders/open?limit=10")).await;
    assert_eq!((answer.status, answer.text()), (200, token.as_str()));
    let change =
        call("/api/orders/7").method("PUT").header("content-type", "application/json").body(r#"{"n":1}"#);
    assert_eq!(alice.send(&world, change).await.status, 200);
    let asked = api.asked();
    assert_eq!(asked[0].uri(), "https://orders.acme.example/v1/open?limit=10");
    assert_eq!((asked[1].method().as_str(), &asked[1].body()[..]), ("PUT", &br#"{"n":1}"#[..]));
    assert_eq!(asked[1].headers()["content-type"], "application/json");
    // The place itself is the API's start.
    assert_eq!(alice.send(&world, call(AT)).await.status, 200);
    assert_eq!(api.asked()[2].uri(), "https://orders.acme.example/v1/");
    world
}

async fn d24_a_call_that_no_page_of_ours_made_is_refused(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    let post = |request: Request| request.method("POST");
    for (what, request) in [
        ("no header", Request::api(AT)),
        ("an empty header", call(AT).header("x-requested-with", "")),
        ("a form", Request::form(AT, [("a", "b")])),
        ("a page load", Request::page(AT)),
        ("a sibling", post(call(AT)).header("sec-fetch-site", "same-site")),
        ("another site", post(call(AT)).header("sec-fetch-site", "cross-site")),
        ("another origin", post(call(AT)).header("origin", "https://evil.example")),
        ("a sibling's origin", post(call(AT)).header("origin", "https://docs.acme.example")),
        ("no origin that can be told", post(call(AT)).without("sec-fetch-site").header("origin", "null")),
        ("a question of a foreign page", call(AT).method("OPTIONS").header("origin", "https://evil.example")),
    ] {
        let answer = alice.send(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf.rejected"), "{what}");
        let grants = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
        assert_eq!(grants.count(), 0, "{what}");
    }
    assert_eq!(api.asked().len(), 0);
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    let anonymous = world.receive(call(AT)).await;
    assert_eq!((anonymous.status, anonymous.code().as_str()), (401, "auth.required"));
    assert_eq!(api.asked().len(), 0);
    world
}

async fn d25_nothing_of_the_browser_but_the_call_itself_goes_on(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let request = call("/api/orders/open")
        .header("authorization", "Bearer of-another")
        .header("connection", "keep-alive, x-hop")
        .header("x-hop", "1")
        .header("te", "trailers")
        .header("proxy-authorization", "Basic YTpi")
        .header("forwarded", "host=evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-user", "admin")
        .header("referer", "https://app.acme.example/orders?token=1")
        .header("user-agent", "a browser")
        .header("if-none-match", "\"7\"");
    assert_eq!(alice.send(&world, request).await.status, 200);
    let asked = api.asked();
    let mut names: Vec<_> = asked[0].headers().keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "if-none-match"]);
    assert_eq!(asked[0].headers().get_all("authorization").iter().count(), 1);
    world
}

async fn d25_nothing_of_the_answer_but_itself_comes_back(mount: &'static dyn Mount) -> World {
    let api = Api::answering(|_| {
        let mut answer = Response::new("<script>alert(1)</script>".into());
        for (name, value) in [
            ("content-type", "text/html"),
            ("etag", "\"7\""),
            ("set-cookie", "__Host-vs=planted; Path=/"),
            ("access-control-allow-origin", "*"),
            ("access-control-allow-credentials", "true"),
            ("www-authenticate", "Basic realm=\"orders\""),
            ("strict-transport-security", "max-age=0"),
            ("content-security-policy", "default-src *"),
            ("clear-site-data", "\"*\""),
            ("cache-control", "public, max-age=600"),
            ("location", "https://evil.example"),
            ("refresh", "0; url=https://evil.example"),
            ("service-worker-allowed", "/"),
            ("server", "orders/1"),
        ] {
            answer.headers_mut().append(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    });
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.send(&world, call(AT)).await;
    let headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(
        headers,
        [
            "cache-control: no-store",
            "content-security-policy: default-src 'none'; sandbox; frame-ancestors 'none'",
            "content-type: text/html",
            "etag: \"7\"",
            "referrer-policy: no-referrer",
            "vary: cookie",
            "x-content-type-options: nosniff",
        ]
    );
    world
}

async fn an_encoded_body_arrives_byte_for_byte_either_way(mount: &'static dyn Mount) -> World {
    let api = Api::answering(|_| {
        let mut answer = Response::new(GZIP.into());
        for (name, value) in
            [("content-type", "application/json"), ("content-encoding", "gzip"), ("vary", "accept-encoding")]
        {
            answer.headers_mut().append(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    });
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let request = call("/api/orders/7")
        .method("PUT")
        .header("accept-encoding", "gzip, br")
        .header("content-encoding", "gzip")
        .body(GZIP);
    let answer = alice.send(&world, request).await;
    assert_eq!((answer.header("content-encoding"), &answer.body[..]), (Some("gzip"), GZIP));
    assert_eq!(answer.headers_named("vary"), ["cookie", "accept-encoding"]);
    let asked = api.asked();
    assert_eq!(
        (&asked[0].headers()["content-encoding"], &asked[0].body()[..]),
        (&"gzip".parse().unwrap(), GZIP)
    );
    assert_eq!(asked[0].headers()["accept-encoding"], "gzip, br");
    world
}

async fn an_api_that_fails_is_told_from_an_application_that_fails(mount: &'static dyn Mount) -> World {
    let api = Api::answering(|request| match request.uri().path() {
        "/v1/missing" => Ok(status(404)),
        "/v1/broken" => Ok(status(500)),
        "/v1/unchanged" => Ok(status(304)),
        "/v1/moved" => Ok(status(307)),
        _ => Err(TransportError::new(TransportErrorKind::TimedOut, true)),
    });
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    for (path, expected, code) in [
        ("/missing", 404, None),
        ("/broken", 500, None),
        ("/unchanged", 304, None),
        ("/moved", 502, Some("proxy.redirect")),
        ("/silent", 502, Some("proxy.unavailable")),
    ] {
        let answer = alice.send(&world, call(&format!("{AT}{path}"))).await;
        assert_eq!(answer.status, expected, "{path}");
        if let Some(code) = code {
            assert_eq!(answer.code(), code, "{path}");
        }
    }
    assert_eq!(alice.page(&world, "/me").await.status, 200, "nobody is logged out by an API");
    world
}

fn status(status: u16) -> Response<bytes::Bytes> {
    let mut answer = Response::new(bytes::Bytes::new());
    *answer.status_mut() = status.try_into().unwrap();
    answer
}
