use scenarios::{Answer, Browser, Mount, Request, World, on_every_mount};

on_every_mount! {
    c16_every_redirect_is_303
    c17_success_is_not_stored_and_tells_no_referrer
    c17_pages_are_not_framed_and_load_nothing
}

async fn c16_every_redirect_is_303(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/me").await.status, 303);
    assert_eq!(alice.page(&world, "/auth/login").await.status, 303);
    let callback = alice.start_login(&world, "/auth/login").await;
    assert_eq!(alice.page(&world, &callback).await.status, 303);
    let leaving = alice.submit_logout(&world).await;
    assert_eq!(leaving.status, 303);
    assert_eq!(alice.send(&world, Request::form("/auth/logout", [])).await.status, 303);
    world
}

async fn c17_success_is_not_stored_and_tells_no_referrer(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let sent = alice.page(&world, "/auth/login").await;
    let callback = world.authorize(&alice, sent.location()).unwrap();
    let back = alice.page(&world, &world.path_of(&callback)).await;
    let leaving = alice.submit_logout(&world).await;
    for answer in [&sent, &back, &leaving] {
        assert_private(answer);
        assert_ne!(answer.set_cookies().len(), 0);
        assert_eq!(answer.header("vary"), Some("cookie"));
    }
    world
}

async fn c17_pages_are_not_framed_and_load_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    alice.page(&world, &callback).await;
    let replay = alice.page(&world, &callback).await;
    let error = alice.page(&world, "/auth/callback?error=access_denied").await;
    let csrf = alice.send(&world, Request::form("/auth/logout", [])).await;
    let prefetched = alice.send(&world, Request::page("/auth/login").header("sec-purpose", "prefetch")).await;
    let goodbye = alice.page(&world, "/auth/logged-out").await;
    for (answer, status) in [(&replay, 400), (&error, 400), (&csrf, 403), (&prefetched, 503), (&goodbye, 200)]
    {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_private(answer);
    }
    for page in [&replay, &error, &goodbye] {
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        for directive in
            ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(directive), "{policy}");
        }
        for foreign in ["<script", "src=", "http://", "https://", "url("] {
            assert!(!page.text().contains(foreign), "{foreign} in {page:?}");
        }
    }
    world
}

fn assert_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer:?}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
}
