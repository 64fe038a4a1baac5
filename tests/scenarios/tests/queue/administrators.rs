//! The ends that administrators make.

use scenarios::{Bare, Browser, Mount, Sessions, World, on_every_mount};
use vestibule::Diagnose;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{is_in, land};

on_every_mount! {
    all_sessions_of_a_user_end
    all_sessions_of_an_application_end
    bm08_an_end_that_the_store_did_not_take_waits
}

async fn all_sessions_of_a_user_end(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (second, docs) = (world.second_node().await, world.other_application().await);
    let [desk, phone, bob] =
        [world.login("alice").await, world.login("alice").await, world.login("bob").await];
    desk.log_in(&docs).await;
    let under_way = Browser::new("alice");
    let callback = under_way.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let revokes = world.store().calls(Verb::Revoke);
    world.relying_party().end_sessions_of("alice").await.unwrap();
    assert_eq!(world.store().calls(Verb::Revoke) - revokes, 1, "however many there are");
    for browser in [&desk, &phone] {
        assert!(!is_in(browser, &world).await);
        assert!(!is_in(browser, &second).await);
    }
    assert!(is_in(&bob, &world).await);
    assert!(is_in(&desk, &docs).await, "of this application");
    let answer = under_way.page(&world, &callback).await;
    assert!(answer.location().starts_with("https://acme.example/"), "begun before: {answer:?}");
    desk.log_in(&world).await;
    assert!(is_in(&desk, &world).await);
    world
}

async fn all_sessions_of_an_application_end(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    alice.log_in(&docs).await;
    world.relying_party().end_all_sessions().await.unwrap();
    assert!(!is_in(&alice, &world).await);
    assert!(!is_in(&bob, &world).await);
    assert!(is_in(&alice, &docs).await);
    alice.log_in(&world).await;
    assert!(is_in(&alice, &world).await);
    world
}

async fn bm08_an_end_that_the_store_did_not_take_waits(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    for _ in 0..2 {
        world.store().fail_next(Verb::Revoke, Moment::Before);
    }
    let error = world.relying_party().end_all_sessions().await.unwrap_err();
    assert_eq!(error.code(), "logout.unfinished");
    for browser in [&alice, &bob] {
        assert!(!is_in(browser, &world).await);
        assert!(is_in(browser, &second).await);
    }
    land().await;
    for browser in [&alice, &bob] {
        assert!(!is_in(browser, &second).await);
    }
    world
}

#[tokio::test(start_paused = true)]
async fn without_a_store_nobody_is_out_of_reach_silently() {
    let sealed = World::with_sessions(&Bare, Sessions::Sealed, |rp| rp).await;
    let relying_party = sealed.relying_party();
    assert_eq!(relying_party.end_all_sessions().await.unwrap_err().code(), "session.needs_store");
    assert_eq!(relying_party.end_sessions_of("alice").await.unwrap_err().code(), "session.needs_store");

    let revocable = World::with_sessions(&Bare, Sessions::SealedRevocable, |rp| rp).await;
    let (alice, bob) = (revocable.login("alice").await, revocable.login("bob").await);
    revocable.relying_party().end_sessions_of("alice").await.unwrap();
    assert!(!is_in(&alice, &revocable).await);
    assert!(is_in(&bob, &revocable).await);
    revocable.relying_party().end_all_sessions().await.unwrap();
    assert!(!is_in(&bob, &revocable).await);
}
