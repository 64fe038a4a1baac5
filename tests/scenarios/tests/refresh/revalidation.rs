//! Sessions at a provider whose logouts do not reach the application (checklist D17, D18, H03).

use std::time::Duration;

use futures_util::future::join_all;
use scenarios::{Bare, Call, Calls, Mount, Request, World, on_every_mount};
use tokio::time::Instant;
use vestibule_web::Visitor;

const INTERVAL: Duration = Duration::from_secs(60);
const JUST_BEFORE: Duration = Duration::from_secs(59);
const PAUSE: Duration = Duration::from_secs(10);

async fn world(mount: &'static dyn Mount) -> World {
    World::with(mount, |rp| rp.revalidate_every(INTERVAL)).await
}

on_every_mount! {
    d17_a_logout_that_nobody_told_of_is_in_force_after_the_interval
    d17_the_session_endpoint_asks_too
    a_session_that_goes_on_costs_one_call_an_interval
    d18_h03_an_outage_ends_no_session
    without_a_refresh_token_the_way_goes_by_the_provider
}

async fn d17_a_logout_that_nobody_told_of_is_in_force_after_the_interval(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let _lost = world.provider().log_out(&alice);
    let before = world.calls();
    world.advance(JUST_BEFORE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world.advance(Duration::from_secs(1));
    assert_eq!(alice.page(&world, "/logo.svg").await.status, 200);
    assert_eq!(world.calls(), before, "not yet due, and then not asked");

    let answer = alice.api(&world, "/api/me").await;
    assert_eq!((answer.status, answer.code()), (401, "auth.required".into()));
    assert_eq!(world.calls() - before, Calls::TOKEN);
    assert_eq!(world.state().await.sessions, []);
    assert_eq!(alice.page(&world, "/me").await.status, 303);
    assert_eq!((world.calls() - before).token, 1);
    world
}

async fn d17_the_session_endpoint_asks_too(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    let _lost = world.provider().log_out(&alice);
    let look = || Request::api("/auth/session").header("x-requested-with", "fetch");
    assert_eq!(alice.send(&world, look()).await.json()["signed_in"], true);
    world.advance(INTERVAL);
    let before = world.calls();
    assert_eq!(alice.send(&world, look()).await.json()["signed_in"], false);
    assert_eq!(world.calls() - before, Calls::TOKEN);
    world
}

async fn a_session_that_goes_on_costs_one_call_an_interval(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..3 {
        world.advance(INTERVAL);
        let before = world.calls();
        for _ in 0..3 {
            assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
        }
        assert_eq!(world.calls() - before, Calls::TOKEN);
        world.advance(Duration::from_secs(50));
        alice.page(&world, "/me").await;
        assert_eq!((world.calls() - before).token, 1);
    }
    world
}

async fn d18_h03_an_outage_ends_no_session(mount: &'static dyn Mount) -> World {
    let world = world(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    world.provider().go_down();
    world.advance(INTERVAL);
    let before = world.calls();
    for round in 1..=3 {
        for _ in 0..3 {
            assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
            assert_eq!(bob.page(&world, "/me").await.text(), "only for you, bob");
        }
        assert_eq!((world.calls() - before).token, round, "one request waited for the provider, not each");
        world.advance(PAUSE);
    }
    world.provider().come_up();
    let _lost = world.provider().log_out(&alice);
    assert_eq!(alice.page(&world, "/me").await.status, 303);
    assert_eq!(bob.page(&world, "/me").await.text(), "only for you, bob");
    assert_eq!((world.calls() - before).token, 5);
    world
}

async fn without_a_refresh_token_the_way_goes_by_the_provider(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.scopes(["profile"]).revalidate_every(INTERVAL)).await;
    let alice = world.login("alice").await;
    world.advance(JUST_BEFORE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world.advance(Duration::from_secs(1));
    let (before, pages) = (world.calls(), world.provider().login_pages());
    assert_eq!(alice.api(&world, "/api/me").await.status, 401);
    assert_eq!(world.calls(), before);
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    assert_eq!(world.provider().login_pages(), pages, "she is signed in there still, and sees no page of it");
    world
}

#[tokio::test(start_paused = true)]
async fn d14_two_nodes_and_all_their_requests_make_one_call() {
    let world = world(&Bare).await;
    let second = world.second_node().await;
    second.relying_party().ready().await.unwrap();
    world.store().remote();
    for ends in [false, true] {
        let alice = world.login("alice").await;
        world.advance(INTERVAL);
        if ends {
            let _lost = world.provider().log_out(&alice);
        }
        let before = world.calls();
        let looks = (0..50).map(|i| alice.visitor(if i % 2 == 0 { &world } else { &second }));
        for visitor in join_all(looks).await {
            assert_eq!(matches!(visitor.unwrap(), Visitor::Anonymous), ends);
        }
        assert_eq!((world.calls() - before).token, 1);
    }
}

/// The logout token gets through after all, while the provider is being asked.
#[tokio::test(start_paused = true)]
async fn d14_a_logout_that_is_heard_meanwhile_counts() {
    let world = world(&Bare).await;
    let alice = world.login("alice").await;
    world.advance(INTERVAL);
    let held = world.provider().hold(Call::Token);
    let look = alice.visitor(&world);
    let logout = async {
        held.reached().await;
        for notice in world.provider().log_out(&alice) {
            assert_eq!(world.receive(Request::logout_token(&notice.logout_token)).await.status, 200);
        }
        held.release();
    };
    let (visitor, ()) = tokio::join!(look, logout);
    assert!(matches!(visitor.unwrap(), Visitor::Anonymous));
    assert_eq!(world.state().await.sessions, []);
}

/// The bound: interval and one call. Nobody makes a request meanwhile.
#[tokio::test(start_paused = true)]
async fn invariant_13_an_open_connection_ends_within_the_interval() {
    let world = world(&Bare).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    world.let_time_run();
    let connection = tokio::spawn(alice.session(&world).await.ended());
    let stays = tokio::spawn(bob.session(&world).await.ended());
    tokio::time::sleep(INTERVAL * 2 + Duration::from_secs(30)).await;
    assert!(!connection.is_finished());

    let _lost = world.provider().log_out(&alice);
    let began = Instant::now();
    connection.await.unwrap();
    let took = began.elapsed();
    assert!(took <= INTERVAL + Duration::from_secs(1), "{took:?}");
    assert!(!stays.is_finished());
    assert_eq!(world.calls().token, 2 + 3 + 3, "two logins, and one call an interval for each session");
}

/// An outage is no busy loop, and no end.
#[tokio::test(start_paused = true)]
async fn h03_an_open_connection_outlasts_an_outage() {
    let world = world(&Bare).await;
    let alice = world.login("alice").await;
    world.let_time_run();
    let connection = tokio::spawn(alice.session(&world).await.ended());
    world.provider().go_down();
    let before = world.calls();
    tokio::time::sleep(INTERVAL + Duration::from_secs(45)).await;
    assert!(!connection.is_finished());
    let calls = (world.calls() - before).token;
    assert!((4..=5).contains(&calls), "{calls}");

    world.provider().come_up();
    let _lost = world.provider().log_out(&alice);
    let began = Instant::now();
    connection.await.unwrap();
    assert!(began.elapsed() <= PAUSE + Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn every_refresh_is_a_confirmation() {
    let world = world(&Bare).await;
    let alice = world.login("alice").await;
    let token = alice.session(&world).await.access_token().await.unwrap();
    world.advance(JUST_BEFORE);
    alice.session(&world).await.renew_access_token(&token).await.unwrap();
    let before = world.calls();
    world.advance(JUST_BEFORE);
    alice.session(&world).await;
    assert_eq!(world.calls(), before);
    world.advance(Duration::from_secs(1));
    alice.session(&world).await;
    assert_eq!(world.calls() - before, Calls::TOKEN);
}
