use std::time::Duration;

use scenarios::{Browser, Mount, Request, World, on_every_mount};

on_every_mount! {
    h07_a_store_outage_is_503_and_never_an_anonymous_visitor
    h07_a_store_outage_passes
    h01_an_application_boots_while_the_provider_is_down
}

async fn h07_a_store_outage_is_503_and_never_an_anonymous_visitor(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let before = world.state().await;
    world.store().outage(true);
    for path in ["/", "/me", "/news"] {
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"), "{path}");
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.set_cookies().len(), 0, "the cookie outlives the outage");
    }
    let api = alice.api(&world, "/api/me").await;
    assert_eq!((api.status, api.json()["code"].as_str()), (503, Some("store.unavailable")));
    assert_eq!(alice.page(&world, "/logo.svg").await.status, 200);
    assert_eq!(Browser::new("bob").page(&world, "/").await.text(), "hello stranger");
    assert_eq!(world.state().await, before);
    world
}

async fn h07_a_store_outage_passes(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.store().outage(true);
    assert_eq!(alice.page(&world, "/me").await.status, 503);
    world.store().outage(false);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn h01_an_application_boots_while_the_provider_is_down(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().go_down();
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(alice.page(&world, "/logo.svg").await.status, 200);
    assert_eq!(alice.page(&world, "/me").await.status, 303);
    let login = alice.page(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!((login.status, login.code().as_str()), (503, "http.unreachable"));
    assert!(login.header("retry-after").is_some(), "{login:?}");
    assert_eq!(alice.cookies(&world), []);

    world.provider().come_up();
    world.advance(Duration::from_secs(60));
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    assert_eq!(world.receive(Request::page("/")).await.status, 200);
    world
}
