//! A flood of logouts beside a store that is down.

use std::time::Duration;

use scenarios::{Bare, World, meter};
use vestibule::Diagnose;
use vestibule_web::conformance::Verb;

use crate::support::{hear_in_vain, is_in, land, token_for, waiting};

const MOST: usize = 10_000;

#[tokio::test(start_paused = true)]
async fn h21_a_flood_of_logouts_has_a_bound() {
    let world = World::new(&Bare).await;
    let second = world.second_node().await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    world.store().outage(true);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    for number in 1..MOST {
        let error = world.relying_party().end_sessions_of(&format!("user {number}")).await.unwrap_err();
        assert_eq!(error.code(), "logout.unfinished");
    }
    assert_eq!(waiting(), [format!("vestibule_unconfirmed_logouts {MOST}")]);
    assert_eq!(world.relying_party().ready().await.unwrap_err().code(), "store.full");

    hear_in_vain(&world, &token_for(&world, "bob")).await;
    let error = world.relying_party().end_sessions_of("carol").await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable", "nothing can be done for her");
    assert_eq!(waiting(), [format!("vestibule_unconfirmed_logouts {MOST}")]);
    assert_eq!(
        meter::lines("vestibule_revocations_lost"),
        ["vestibule_revocations_lost_total{reason=full} 2"]
    );
    hear_in_vain(&world, &token_for(&world, "alice")).await;

    world.store().outage(false);
    assert!(!is_in(&alice, &world).await, "the first ones are kept");
    assert!(is_in(&bob, &world).await);
    land().await;
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    assert!(!is_in(&alice, &second).await);
    world.relying_party().ready().await.unwrap();
}

/// What has landed is forgotten after a while, and costs nothing any more.
#[tokio::test(start_paused = true)]
async fn h21_what_has_landed_is_forgotten() {
    let world = World::new(&Bare).await;
    world.login("alice").await;
    let token = token_for(&world, "alice");
    world.store().outage(true);
    hear_in_vain(&world, &token).await;
    world.store().outage(false);
    land().await;
    let revokes = world.store().calls(Verb::Revoke);
    world.advance(Duration::from_secs(6 * 60 + 1));
    land().await;
    assert_eq!(world.store().calls(Verb::Revoke), revokes, "it is offered once");
    assert_eq!(waiting(), ["vestibule_unconfirmed_logouts 0"]);
    assert_eq!(meter::lines("vestibule_revocations_lost"), [""; 0]);
}
