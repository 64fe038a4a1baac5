use scenarios::{Browser, Call, DASHBOARD, Mount, Request, World, on_every_mount};

on_every_mount! {
    a_logout_ends_the_session_here_and_at_the_provider
    a_logout_goes_on_to_the_applications_own_page
    a_logout_reaches_the_other_application
    a_logout_without_a_session_is_harmless
    a_logout_does_not_wait_for_the_provider
    a_strange_arrival_at_logged_out_gets_the_plain_page
    a_logout_token_ends_the_session
    a_login_after_the_logout_works_at_once
    a_logout_while_logging_in_starts_the_login_afresh_once
}

async fn a_logout_ends_the_session_here_and_at_the_provider(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let leaving = alice.submit_logout(&world).await;
    assert_eq!(leaving.status, 303);
    assert!(leaving.location().starts_with("https://acme.example/logout?id_token_hint="), "{leaving:?}");
    assert_eq!(world.state().await.sessions, []);

    let landed = alice.follow(&world, leaving).await;
    assert_eq!(landed.status, 200);
    assert!(landed.text().contains("You are signed out"), "{landed:?}");
    assert_eq!(alice.cookies(&world), []);
    assert_eq!((alice.sso(), world.provider().live_grants()), (None, 0));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn a_logout_goes_on_to_the_applications_own_page(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.after_logout("/?goodbye")).await;
    let alice = world.login("alice").await;
    let leaving = alice.submit_logout(&world).await;
    let landed = alice.follow(&world, leaving).await;
    assert_eq!(landed.text(), "hello stranger");
    world
}

async fn a_logout_reaches_the_other_application(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = world.login("alice").await;
    alice.log_in(&docs).await;
    let leaving = alice.submit_logout(&world).await;
    let ended = world.provider().end_session(&alice, leaving.location());
    for notice in ended.notices {
        let node = if notice.client_id == DASHBOARD { &*world } else { &docs };
        assert_eq!(node.receive(Request::logout_token(&notice.logout_token)).await.status, 200);
    }
    assert_eq!(alice.page(&docs, "/").await.text(), "hello stranger");
    assert_eq!(world.state().await.sessions, []);
    world
}

async fn a_logout_without_a_session_is_harmless(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let before = world.snapshot().await;
    let answer = Browser::new("alice").send(&world, Request::form("/auth/logout", [])).await;
    assert_eq!((answer.status, answer.location()), (303, "/auth/logged-out?here-alone"));
    assert_eq!(world.state().await, before.state);
    world
}

async fn a_logout_does_not_wait_for_the_provider(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_metadata(|document| {
        document.as_object_mut().unwrap().remove("end_session_endpoint");
    });
    let held = world.provider().hold(Call::Revocation);
    let alice = world.login("alice").await;
    let leaving = alice.submit_logout(&world).await;
    assert_eq!((leaving.status, leaving.location()), (303, "/auth/logged-out?here-alone"));
    assert!(alice.page(&world, leaving.location()).await.text().contains("this application alone"));
    assert_eq!((alice.cookies(&world).len(), world.state().await.sessions.len()), (0, 0));
    held.reached().await;
    assert_eq!(world.provider().live_grants(), 0);
    world
}

async fn a_strange_arrival_at_logged_out_gets_the_plain_page(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.after_logout("/?goodbye")).await;
    for query in ["", "?state=somebody-elses", "?state=a&state=b"] {
        let alice = world.login("alice").await;
        alice.submit_logout(&world).await;
        let landed = alice.page(&world, &format!("/auth/logged-out{query}")).await;
        assert_eq!(landed.status, 200, "{query}");
        assert!(landed.text().contains("You are signed out"), "{landed:?}");
        assert_eq!(alice.cookies(&world), []);
    }
    world
}

async fn a_logout_token_ends_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let notices = world.provider().log_out(&alice);
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    let heard = world.receive(Request::logout_token(&notice.logout_token)).await;
    assert_eq!((heard.status, heard.body.len()), (200, 0));
    assert_eq!(heard.header("cache-control"), Some("no-store"));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(alice.api(&world, "/api/me").await.status, 401);
    assert_eq!(bob.page(&world, "/").await.text(), "hello bob");
    world
}

async fn a_login_after_the_logout_works_at_once(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for notice in world.provider().log_out(&alice) {
        assert_eq!(world.receive(Request::logout_token(&notice.logout_token)).await.status, 200);
    }
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn a_logout_while_logging_in_starts_the_login_afresh_once(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let everywhere = || {
        world.provider().logout_token(DASHBOARD, |claims| {
            claims.as_object_mut().unwrap().remove("sid");
        })
    };
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!(world.receive(Request::logout_token(&everywhere())).await.status, 200);
    let afresh = alice.page(&world, &callback).await;
    assert!(world.provider().is_authorization_url(afresh.location()), "{afresh:?}");
    assert_eq!(world.calls().revocation, 1);

    let callback = world.authorize(&alice, afresh.location()).unwrap();
    assert_eq!(world.receive(Request::logout_token(&everywhere())).await.status, 200);
    let refused = alice.page(&world, &world.path_of(&callback)).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "callback.session_revoked"));
    assert_eq!(world.state().await.sessions, []);

    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}
