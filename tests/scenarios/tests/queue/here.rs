//! What a logout that waits means at the node that heard it.

use std::time::Duration;

use scenarios::{
    API, Bare, Browser, Call, Calls, Mount, Request, Sessions, World, on_every_mount,
    provider::ACCESS_TOKEN_LIFETIME,
};
use vestibule::Diagnose;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{hear_in_vain, is_in, land, refuse, token_for};

on_every_mount! {
    bm08_h07_a_logout_that_waits_is_in_effect_here
    bm08_h07_a_logout_during_an_outage_is_in_effect_when_it_is_over
    bm08_a_node_that_has_only_read_sessions_keeps_a_logout
    bm09_who_logs_in_after_it_was_heard_stays
    bm08_a_login_under_way_is_covered
    bm08_data_of_a_session_that_it_ended_is_refused
    bm08_an_api_refuses_the_tokens
    bm08_sealed_sessions_end_as_well
}

async fn bm08_h07_a_logout_that_waits_is_in_effect_here(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    let bob = world.login("bob").await;
    refuse(&world, 4);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    for browser in [&desk, &phone] {
        assert!(!is_in(browser, &world).await, "here at once");
        assert!(is_in(browser, &second).await, "elsewhere nobody knows");
    }
    land().await;
    for node in [&*world, &second] {
        for browser in [&desk, &phone] {
            assert!(!is_in(browser, node).await, "everywhere");
        }
        assert!(is_in(&bob, node).await);
    }
    world
}

/// The store cannot even say what time it is.
async fn bm08_h07_a_logout_during_an_outage_is_in_effect_when_it_is_over(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    world.store().outage(true);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert_eq!(alice.page(&world, "/me").await.status, 503, "nobody can tell who she is");
    world.store().outage(false);
    assert!(!is_in(&alice, &world).await);
    assert!(is_in(&alice, &second).await);
    land().await;
    assert!(!is_in(&alice, &second).await);
    world
}

async fn bm08_a_node_that_has_only_read_sessions_keeps_a_logout(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    assert!(is_in(&alice, &second).await, "it has read one");
    world.store().outage(true);
    hear_in_vain(&second, &token_for(&world, "alice")).await;
    world.store().outage(false);
    assert!(!is_in(&alice, &second).await, "at once where it was heard");
    assert!(is_in(&alice, &world).await);
    land().await;
    assert!(!is_in(&alice, &world).await, "and everywhere");
    world
}

async fn bm09_who_logs_in_after_it_was_heard_stays(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    world.store().outage(true);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    world.store().outage(false);
    refuse(&world, 3);
    world.advance(Duration::from_secs(5));
    desk.log_in(&world).await;
    phone.log_in(&second).await;
    for _ in 0..2 {
        for browser in [&desk, &phone] {
            assert!(is_in(browser, &world).await);
            assert!(is_in(browser, &second).await);
        }
        land().await;
    }
    world
}

/// It began before the logout was heard, and comes back after that: refused once, then begun anew.
async fn bm08_a_login_under_way_is_covered(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("bob").await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    refuse(&world, 3);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    let inserts = world.store().calls(Verb::Insert);
    let answer = alice.page(&world, &callback).await;
    assert!(answer.location().starts_with("https://acme.example/"), "again: {answer:?}");
    assert_eq!(world.store().calls(Verb::Insert), inserts, "nothing was stored that would have to end");
    assert_eq!(alice.follow(&world, answer).await.text(), "only for you, alice");
    land().await;
    assert!(is_in(&alice, &world).await);
    world
}

async fn bm08_data_of_a_session_that_it_ended_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    refuse(&world, 3);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    let error = session.set_data(&"x".to_owned()).await.unwrap_err();
    assert_eq!(error.code(), "session.revoked");
    world
}

async fn bm08_an_api_refuses_the_tokens(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("bob").await;
    world.advance(Duration::from_secs(600));
    let token = world.provider().access_token(API, |claims| claims["sid"] = "sid-1".into());
    let call = || Request::api("/orders").header("authorization", format!("Bearer {token}"));
    assert_eq!(world.receive(call()).await.code(), "");
    refuse(&world, 3);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert_eq!(world.receive(call()).await.code(), "rs.revoked");
    world
}

async fn bm08_sealed_sessions_end_as_well(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp).await;
    let second = world.second_node().await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    refuse(&world, 3);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert!(!is_in(&alice, &world).await);
    assert!(is_in(&alice, &second).await);
    land().await;
    assert!(!is_in(&alice, &second).await);
    assert!(is_in(&bob, &world).await);
    world
}

/// Its refresh token is not spent for nobody, and its lease is given back at once.
#[tokio::test(start_paused = true)]
async fn bm08_a_session_that_it_ended_is_not_refreshed() {
    let world = World::new(&Bare).await;
    let session = world.login("alice").await.session(&world).await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    refuse(&world, 3);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    let before = world.calls();
    assert_eq!(session.access_token().await.unwrap_err().code(), "session.revoked");
    assert_eq!(world.calls() - before, Calls::NONE);
    assert_eq!((world.store().calls(Verb::Lease), world.store().calls(Verb::Release)), (1, 1));
}

/// The provider is asked, the logout is heard meanwhile: the new tokens are nobody's.
#[tokio::test(start_paused = true)]
async fn bm08_a_refresh_under_way_ends_with_its_session() {
    let world = World::new(&Bare).await;
    let session = world.login("alice").await.session(&world).await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let held = world.provider().hold(Call::Token);
    let logout = async {
        held.reached().await;
        refuse(&world, 3);
        hear_in_vain(&world, &token_for(&world, "alice")).await;
        held.release();
    };
    let (token, ()) = tokio::join!(session.access_token(), logout);
    assert_eq!(token.unwrap_err().code(), "session.revoked");
    world.settle().await;
    assert_eq!(world.provider().live_grants(), 0, "they were given back");
}

/// A connection that is open does not wait for a store that is down.
#[tokio::test(start_paused = true)]
async fn invariant_13_open_connections_end_at_once() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let connection = tokio::spawn(alice.session(&world).await.ended());
    let of_bob = tokio::spawn(world.login("bob").await.session(&world).await.ended());
    world.settle().await;
    world.store().outage(true);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    world.settle().await;
    assert!(connection.is_finished());
    assert!(!of_bob.is_finished());
    world.store().outage(false);
}

/// The store took the logout and lost its reply. A read from before may still be under way when that is found out.
#[tokio::test(start_paused = true)]
async fn bm08_a_slow_read_from_before_it_landed_shows_nobody() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let slow = world.store().stall_next(Verb::Load, Moment::After);
    refuse(&world, 1);
    let logout = async {
        slow.reached().await;
        hear_in_vain(&world, &token_for(&world, "alice")).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(world.state().await.sessions, [], "it has landed");
        slow.release();
    };
    let (answer, ()) = tokio::join!(alice.page(&world, "/"), logout);
    assert_eq!(answer.text(), "hello stranger");
}
