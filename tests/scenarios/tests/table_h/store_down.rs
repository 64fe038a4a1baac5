use scenarios::{Browser, Calls, DASHBOARD, Mount, Request, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

on_every_mount! {
    h07_a_login_stops_before_the_redirect
    h07_a_callback_can_be_opened_again_afterwards
    h07_no_session_without_a_store
    h07_a_lost_reply_of_insert_is_no_session_either
    h07_a_logout_by_the_user_fails_loudly
    h07_a_logout_token_is_refused_and_can_be_sent_again
    h07_a_store_that_only_reads_serves_pages
    h07_a_store_that_flaps
}

const DOWN: (u16, &str) = (503, "store.unavailable");

async fn h07_a_login_stops_before_the_redirect(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.store().outage(true);
    let alice = Browser::new("alice");
    let before = world.snapshot().await;
    let answer = alice.page(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!((answer.status, answer.code().as_str()), DOWN);
    assert_eq!((answer.headers_named("location").len(), alice.cookies(&world).len()), (0, 0));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn h07_a_callback_can_be_opened_again_afterwards(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    world.settle().await;
    let before = world.snapshot().await;
    world.store().outage(true);
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), DOWN);
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world.store().outage(false);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}

async fn h07_no_session_without_a_store(mount: &'static dyn Mount) -> World {
    insert_fails(mount, Moment::Before).await
}

async fn h07_a_lost_reply_of_insert_is_no_session_either(mount: &'static dyn Mount) -> World {
    insert_fails(mount, Moment::After).await
}

/// The provider granted, the store failed: no cookie goes out, and the grant is given back.
async fn insert_fails(mount: &'static dyn Mount, moment: Moment) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    world.settle().await;
    let before = world.calls();
    world.store().fail_next(Verb::Insert, moment);
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), DOWN);
    assert_eq!(alice.cookies(&world), []);
    world.settle().await;
    assert_eq!(world.calls() - before, Calls { revocation: 1, ..Calls::TOKEN });
    assert_eq!(world.provider().live_grants(), 0);
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}

/// Nobody is told of a logout that was none; but whoever asked for it is out here, whatever the store does.
async fn h07_a_logout_by_the_user_fails_loudly(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    for verb in [Verb::Load, Verb::End] {
        let alice = world.login("alice").await;
        let copy = Browser::new("alice");
        let cookie = alice.session_cookie(&world).unwrap();
        copy.plant(&world, &cookie.name, &cookie.value);
        let csrf = alice.csrf(&world).await;
        world.store().fail_next(verb, Moment::Before);
        let answer = alice.send(&world, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "logout.unfinished"), "{verb:?}");
        assert_eq!(alice.session_cookie(&world), None);
        assert_eq!(copy.page(&world, "/").await.text(), "hello stranger", "{verb:?}");
        assert_eq!(
            copy.page(&second, "/").await.text(),
            "hello alice",
            "the store knows nothing yet: {verb:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(copy.page(&second, "/").await.text(), "hello stranger", "{verb:?}");
        assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    }
    world
}

async fn h07_a_logout_token_is_refused_and_can_be_sent_again(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = world.provider().logout_token(DASHBOARD, |claims| {
        claims["sid"] = alice.sso().unwrap().sid.into();
    });
    for verb in [Verb::Now, Verb::Revoke] {
        let before = world.state().await;
        world.store().fail_next(verb, Moment::Before);
        let answer = world.receive(Request::logout_token(&token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "store.unavailable"), "{verb:?}");
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
        assert_eq!(world.state().await, before);
    }
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn h07_a_store_that_only_reads_serves_pages(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(std::time::Duration::from_secs(600));
    world.store().fail_next(Verb::Touch, Moment::Before);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world.store().fail_next(Verb::Replace, Moment::Before);
    let refused = alice.api(&world, "/api/visits").await;
    assert_eq!((refused.status, refused.code().as_str()), DOWN);
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "1");
    world
}

async fn h07_a_store_that_flaps(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for round in 0..5 {
        world.store().fail_next(Verb::Load, Moment::Before);
        assert_eq!(alice.page(&world, "/me").await.status, 503, "{round}");
        assert_eq!(alice.page(&world, "/me").await.status, 200, "{round}");
        world.store().fail_next(Verb::Load, Moment::After);
        assert_eq!(alice.page(&world, "/").await.status, 503, "{round}");
    }
    world
}
