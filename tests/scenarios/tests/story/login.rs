use scenarios::{Answer, Browser, Calls, Mount, Node, Request, World, on_every_mount};

on_every_mount! {
    a_login_comes_back_to_where_it_began
    a_login_without_a_place_comes_back_to_the_start_page
    c27_a_program_is_told_to_log_in_and_starts_no_login
    c27_nothing_but_a_page_load_starts_a_login
    c27_a_prefetched_page_starts_no_login
    a_browser_without_fetch_metadata_can_log_in
    a_login_that_the_provider_refused_can_be_started_again
    one_login_serves_a_second_application
    a_login_in_another_browser_asks_again
}

async fn a_login_comes_back_to_where_it_began(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");

    let challenged = alice.page(&world, "/me?tab=2").await;
    assert_eq!((challenged.status, challenged.location()), (303, "/auth/login?return_to=%2Fme%3Ftab%3D2"));
    let sent = alice.page(&world, challenged.location()).await;
    let callback = world.authorize(&alice, sent.location()).unwrap();
    let back = alice.page(&world, &world.path_of(&callback)).await;
    assert_eq!((back.status, back.location()), (303, "/me?tab=2"));

    assert_eq!(alice.page(&world, "/me?tab=2").await.text(), "only for you, alice");
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");
    assert_eq!(alice.api(&world, "/api/me").await.json()["sub"], "alice");
    assert_eq!(world.calls(), Calls { discovery: 1, keys: 1, ..Calls::TOKEN });
    world
}

async fn a_login_without_a_place_comes_back_to_the_start_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.open(&world, "/auth/login").await.text(), "hello alice");
    world
}

async fn c27_a_program_is_told_to_log_in_and_starts_no_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for request in [
        Request::api("/api/me"),
        Request::api("/me"),
        Request::api("/auth/login"),
        Request::new("GET", "/me"),
        Request::new("GET", "/me").header("accept", "*/*"),
        Request::page("/me").without("sec-fetch-mode").header("x-requested-with", "XMLHttpRequest"),
    ] {
        assert_told_to_log_in(&world, request).await;
    }
    world
}

async fn c27_nothing_but_a_page_load_starts_a_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let head = world.receive(Request::page("/me").method("HEAD")).await;
    assert_eq!((head.status, head.set_cookies().len(), head.body.len()), (401, 0, 0));
    for method in ["OPTIONS", "POST", "DELETE"] {
        let answer = world.receive(Request::page("/me").method(method)).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    }
    for method in ["HEAD", "OPTIONS", "POST"] {
        let answer = world.receive(Request::page("/auth/login").method(method)).await;
        assert_eq!(
            (answer.status, answer.header("allow"), answer.set_cookies().len()),
            (405, Some("GET"), 0)
        );
    }
    world
}

async fn c27_a_prefetched_page_starts_no_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (header, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        assert_told_to_log_in(&world, Request::page("/me").header(header, value)).await;
        let answer = world.receive(Request::page("/auth/login").header(header, value)).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "login.prefetch"));
        assert_eq!(answer.set_cookies().len(), 0);
    }
    world
}

async fn a_browser_without_fetch_metadata_can_log_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let old = |path: &str| Request::page(path).without("sec-fetch-mode").without("sec-fetch-dest");
    let alice = Browser::new("alice");
    let challenged = alice.send(&world, old("/me")).await;
    let sent = alice.send(&world, old(challenged.location())).await;
    let callback = world.authorize(&alice, sent.location()).unwrap();
    let back = alice.send(&world, old(&world.path_of(&callback))).await;
    assert_eq!(alice.send(&world, old(back.location())).await.text(), "only for you, alice");
    world
}

async fn a_login_that_the_provider_refused_can_be_started_again(mount: &'static dyn Mount) -> World {
    let world =
        World::with(mount, |rp| rp.authorization(|request| request.prompt(vestibule::Prompt::None))).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let refused = alice.page(&world, &callback).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "callback.idp_error"));
    assert!(refused.text().contains("<em>login_required</em>"), "{refused:?}");
    assert!(
        refused.text().contains("<a href=\"/auth/login?return_to=%2Fme\">Start again</a>"),
        "{refused:?}"
    );
    assert_eq!(alice.cookies(&world), []);
    world
}

async fn one_login_serves_a_second_application(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = world.login("alice").await;
    assert_eq!(alice.open(&docs, "/me").await.text(), "only for you, alice");
    assert_eq!(world.provider().login_pages(), 1);
    assert_ne!(alice.session_cookie(&world), alice.session_cookie(&docs));
    world
}

async fn a_login_in_another_browser_asks_again(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    let bob = world.login("bob").await;
    assert_eq!(bob.page(&world, "/").await.text(), "hello bob");
    assert_eq!(world.provider().login_pages(), 2);
    world
}

async fn assert_told_to_log_in(node: &Node, request: Request) -> Answer {
    let answer = node.receive(request).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!((answer.header("cache-control"), answer.set_cookies().len()), (Some("no-store"), 0));
    answer
}
