use scenarios::{Answer, Browser, Calls, Mount, Request, World, on_every_mount, provider::ISSUER, trace};
use url::form_urlencoded::Serializer;
use vestibule_web::conformance::{Moment, Verb};

on_every_mount! {
    b32_ends_the_session_of_this_browser_alone
    b32_needs_issuer_and_sid_of_this_session
    b32_is_there_only_where_it_is_switched_on
    b32_a_frame_without_cookies_ends_nothing
    b32_a_session_of_another_sid_lives
    b32_a_store_out_of_reach_is_no_success
    b32_only_the_issuer_may_frame_it
    b32_a_sid_that_a_refresh_brought_counts
}

async fn world(mount: &'static dyn Mount) -> World {
    World::with(mount, |rp| rp.frontchannel_logout()).await
}

async fn b32_ends_the_session_of_this_browser_alone(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let (alice, elsewhere) = (world.login("alice").await, world.login("alice").await);
    let cookie = alice.session_cookie(&world).unwrap();
    let calls = world.calls();
    let grants = world.provider().live_grants();
    let answer = alice.send(&world, frame(&[("iss", ISSUER), ("sid", &sid(&alice))])).await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert_eq!(alice.session_cookie(&world), None);
    let copied = Request::api("/api/me").header("cookie", format!("{}={}", cookie.name, cookie.value));
    assert_eq!(world.receive(copied).await.status, 401, "ended here, not only forgotten");
    assert_eq!(elsewhere.page(&world, "/").await.text(), "hello alice");
    assert_eq!((world.calls(), world.provider().live_grants()), (calls, grants), "no token is revoked");
    world
}

async fn b32_needs_issuer_and_sid_of_this_session(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let sid = sid(&alice);
    for query in [
        vec![("iss", ISSUER)],
        vec![("sid", &*sid)],
        vec![],
        vec![("iss", "https://evil.example"), ("sid", &*sid)],
        vec![("iss", "https://acme.example/"), ("sid", &*sid)],
        vec![("iss", ISSUER), ("sid", "sid-other")],
        vec![("iss", ISSUER), ("sid", "")],
        vec![("iss", ISSUER), ("iss", ISSUER), ("sid", &*sid)],
        vec![("iss", ISSUER), ("sid", &*sid), ("sid", &*sid)],
    ] {
        ignored(&world, &alice, frame(&query)).await;
    }
    ignored(&world, &alice, Request::page("/auth/frontchannel-logout?iss=%zz&sid=%ff")).await;
    world
}

async fn b32_is_there_only_where_it_is_switched_on(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.send(&world, frame(&[("iss", ISSUER), ("sid", &sid(&alice))])).await;
    assert_eq!(answer.status, 404, "the application's own");
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");
    let other = self::world(mount).await;
    let post = other.receive(frame(&[]).method("POST")).await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
    world
}

/// What a frame of another site is, in most browsers.
async fn b32_a_frame_without_cookies_ends_nothing(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    let answer = world.receive(frame(&[("iss", ISSUER), ("sid", &sid(&alice))])).await;
    assert_eq!((answer.status, answer.set_cookies().len()), (200, 0));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");
    world
}

async fn b32_a_session_of_another_sid_lives(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    ignored(&world, &alice, frame(&[("iss", ISSUER), ("sid", &sid(&bob))])).await;
    assert_eq!(bob.page(&world, "/").await.text(), "hello bob");
    world
}

async fn b32_a_store_out_of_reach_is_no_success(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let request = frame(&[("iss", ISSUER), ("sid", &sid(&alice))]);
    world.store().fail_next(Verb::Load, Moment::Before);
    let answer = alice.send(&world, request.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"));
    assert_eq!(answer.set_cookies().len(), 0, "whose session it is could not be told");
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");

    let copy = Browser::new("alice");
    let cookie = alice.session_cookie(&world).unwrap();
    copy.plant(&world, &cookie.name, &cookie.value);
    world.store().fail_next(Verb::End, Moment::Before);
    let answer = alice.send(&world, request.clone()).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "logout.unfinished"));
    assert_eq!(alice.session_cookie(&world), None);
    assert_eq!(
        copy.page(&world, "/").await.text(),
        "hello stranger",
        "it waits for the store, and is in effect"
    );
    assert_eq!(alice.send(&world, request).await.status, 200);
    world
}

async fn b32_only_the_issuer_may_frame_it(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    for query in [vec![], vec![("iss", ISSUER), ("sid", &*sid(&alice))]] {
        let answer = alice.send(&world, frame(&query)).await;
        assert_eq!(
            answer.header("content-security-policy"),
            Some("default-src 'none'; frame-ancestors https://acme.example")
        );
        assert_eq!(
            (answer.header("cache-control"), answer.header("vary")),
            (Some("no-store"), Some("cookie"))
        );
        assert_eq!(answer.header("x-frame-options"), None);
    }
    let page = alice.page(&world, "/auth/logged-out").await;
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    world
}

async fn b32_a_sid_that_a_refresh_brought_counts(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    world.provider().alter_id_token(|claims| claims["sid"] = "sid-later".into());
    world.advance(std::time::Duration::from_secs(300));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    let answer = alice.send(&world, frame(&[("iss", ISSUER), ("sid", "sid-later")])).await;
    assert_eq!((answer.status, alice.session_cookie(&world)), (200, None));
    world
}

/// That this request is ignored: nothing changes, nobody is called, the user stays.
async fn ignored(world: &World, browser: &Browser, request: Request) -> Answer {
    let before = world.snapshot().await;
    let answer = browser.send(world, request).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "frontchannel.ignored"), "{answer:?}");
    assert_eq!(trace::lines_with(&["frontchannel.ignored", &answer.correlation()]).len(), 1);
    assert_eq!(answer.set_cookies().len(), 0);
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(browser.page(world, "/").await.text(), format!("hello {}", browser.user()));
    answer
}

/// What a browser sends for a frame of a page of the provider, on the same site.
fn frame(query: &[(&str, &str)]) -> Request {
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    Request::page(&format!("/auth/frontchannel-logout?{query}"))
        .header("sec-fetch-dest", "iframe")
        .header("sec-fetch-site", "same-site")
}

fn sid(browser: &Browser) -> String {
    browser.sso().expect("logged in at the provider").sid
}
