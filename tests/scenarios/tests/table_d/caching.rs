use scenarios::{Browser, Mount, World, on_every_mount};

on_every_mount! {
    d22_a_handlers_caching_header_does_not_share_a_personal_page
    d22_not_modified_is_not_stored_either
    d22_a_static_file_stays_cacheable
    d22_an_unchanged_session_sets_no_cookie
    d22_an_anonymous_page_is_not_shared_either
    d22_what_sets_a_cookie_is_not_stored
}

async fn d22_a_handlers_caching_header_does_not_share_a_personal_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.page(&world, "/news").await;
    assert_eq!(answer.text(), "news for alice");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.headers_named("vary"), ["accept-language", "cookie"]);
    world
}

async fn d22_not_modified_is_not_stored_either(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.page(&world, "/unchanged").await;
    assert_eq!((answer.status, answer.header("cache-control")), (304, Some("no-store")));
    assert_eq!(answer.header("vary"), Some("cookie"));
    world
}

async fn d22_a_static_file_stays_cacheable(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.page(&world, "/logo.svg").await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000"));
    assert_eq!((answer.header("vary"), answer.set_cookies().len()), (None, 0));
    world
}

async fn d22_an_unchanged_session_sets_no_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for path in ["/", "/me", "/api/me", "/api/visits", "/api/token"] {
        world.advance(std::time::Duration::from_secs(200));
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.set_cookies().len()), (200, 0), "{path}");
    }
    world
}

async fn d22_an_anonymous_page_is_not_shared_either(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let answer = Browser::new("alice").page(&world, "/news").await;
    assert_eq!(answer.text(), "news for stranger");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    world
}

async fn d22_what_sets_a_cookie_is_not_stored(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let sent = alice.page(&world, "/auth/login").await;
    let callback = world.authorize(&alice, sent.location()).unwrap();
    let back = alice.page(&world, &world.path_of(&callback)).await;
    let leaving = alice.submit_logout(&world).await;
    let goodbye = alice.page(&world, "/auth/logged-out").await;
    for answer in [&sent, &back, &leaving, &goodbye] {
        assert_ne!(answer.set_cookies().len(), 0);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(answer.header("vary"), Some("cookie"), "{answer:?}");
    }
    world
}
