use http::Method;
use scenarios::{Bare, Calls, Mount, World, on_every_mount};
use vestibule::{ClientSecret, Diagnose, testing::TestProvider};
use vestibule_web::{ConfigError, CookieKeys, MemoryStore, RelyingParty, Upstream};

use crate::api::{AT, Api, call};

on_every_mount! {
    d25_a_call_that_could_lead_elsewhere_is_denied
    d25_other_paths_are_the_applications
}

async fn d25_a_call_that_could_lead_elsewhere_is_denied(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let upstream = api.upstream().methods([Method::GET, Method::POST]).body_limit(8);
    let world = World::with(mount, move |rp| rp.relay(AT, upstream.clone())).await;
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    for path in [
        "/api/orders/../admin",
        "/api/orders/./a",
        "/api/orders/%2e%2e/admin",
        "/api/orders/%252e%252e/admin",
        "/api/orders//evil.example",
        "/api/orders/a%2fb",
        "/api/orders/a%5cb",
        "/api/orders/a%00",
        "/api/orders/..;/admin",
    ] {
        let answer = alice.send(&world, call(path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "proxy.denied"), "{path}");
    }
    for (what, request) in [
        ("a method", call(AT).method("DELETE")),
        ("CONNECT's cousin", call(AT).method("TRACE")),
        ("a socket", call(AT).header("connection", "upgrade").header("upgrade", "websocket")),
    ] {
        let answer = alice.send(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "proxy.denied"), "{what}");
    }
    let long = alice.send(&world, call(AT).method("POST").body("123456789")).await;
    assert_eq!((long.status, long.code().as_str()), (413, "proxy.too_large"));
    assert_eq!(api.asked().len(), 0);
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.send(&world, call(AT).method("POST").body("12345678")).await.status, 200);
    world
}

async fn d25_other_paths_are_the_applications(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    for path in ["/api/ordersx", "/api/order", "/api/Orders/1", "/x/api/orders/1", "/api/%6frders/1"] {
        assert_eq!(alice.send(&world, call(path)).await.status, 404, "{path}");
    }
    assert_eq!(api.asked().len(), 0);
    world
}

#[test]
fn d25_upstreams_are_plain_addresses_at_places_of_their_own() {
    for address in [
        "http://orders.acme.example",
        "ftp://orders",
        "https://a.example/?q=1",
        "https://u:p@a.example",
        "/x",
    ] {
        let refused = Upstream::at(address).map(|_| ()).unwrap_err();
        assert_eq!((refused, refused.code()), (ConfigError::Upstream, "config.upstream"), "{address}");
    }
    for paths in [
        &["api"][..],
        &["/"],
        &["/api/"],
        &["/api/%6frders"],
        &["/auth"],
        &["/auth/orders"],
        &["/api", "/api"],
        &["/api", "/api/orders"],
        &["/api/orders", "/api"],
    ] {
        let refused = build(paths).unwrap_err();
        assert_eq!((refused, refused.code()), (ConfigError::Relay, "config.relay"), "{paths:?}");
    }
    build(&["/api/orders", "/api/orders-of-others", "/authors"]).unwrap();
}

fn build(paths: &[&str]) -> Result<RelyingParty, ConfigError> {
    let provider = TestProvider::new("https://op.example").unwrap();
    let client = provider.provider().web_app("dashboard", ClientSecret::new("s"));
    let keys = CookieKeys::generate(client.provider().random().as_ref()).unwrap();
    let builder =
        RelyingParty::builder(client, "https://app.example").stored_sessions(MemoryStore::new(), keys);
    let upstream = Api::open().upstream();
    paths.iter().fold(builder, |builder, path| builder.relay(*path, upstream.clone())).build()
}

#[tokio::test(start_paused = true)]
async fn d25_the_application_itself_cannot_leave_the_place_either() {
    let api = Api::open();
    let world = api.world(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let upstream = api.upstream();
    assert_eq!(upstream.get(&session, "open").await.unwrap().status(), 200);
    for path in ["../admin", "//evil.example/x", "a/../../b", "%2e%2e/x", "a b"] {
        let refused = upstream.get(&session, path).await.unwrap_err();
        assert_eq!(refused.code(), "proxy.denied", "{path}");
    }
    let asked = api.asked();
    assert_eq!(
        (asked.len(), asked[0].uri().to_string().as_str()),
        (1, "https://orders.acme.example/v1/open")
    );
}
