//! A user's list of sessions, and ending them from there.

use std::time::Duration;

use scenarios::{Bare, Browser, DASHBOARD, Mount, Request, World, on_every_mount};
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{assert_done, hear, is_in, token_for};

on_every_mount! {
    invariant_12_ending_all_others_keeps_this_one
    a_list_shows_each_session_of_the_user_and_no_key
    a_list_ends_no_session_of_anybody_else
}

async fn invariant_12_ending_all_others_keeps_this_one(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let [desk, phone, tablet] =
        [world.login("alice").await, world.login("alice").await, world.login("alice").await];
    let (bob, under_way) = (world.login("bob").await, Browser::new("alice"));
    let callback = under_way.start_login(&world, "/auth/login").await;
    for _ in 0..2 {
        desk.session(&second).await.end_all_others().await.unwrap();
        for node in [&*world, &second] {
            assert!(is_in(&desk, node).await);
            assert!(is_in(&bob, node).await);
            assert!(!is_in(&phone, node).await);
            assert!(!is_in(&tablet, node).await);
        }
    }
    let afresh = under_way.page(&world, &callback).await;
    assert!(world.provider().is_authorization_url(afresh.location()), "it was among the others");

    // Kept from this one only: whatever is heard later ends it, and another browser's choice as well.
    phone.log_in(&world).await;
    phone.session(&world).await.end_all_others().await.unwrap();
    assert!(!is_in(&desk, &world).await);
    assert!(is_in(&phone, &world).await);
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert!(!is_in(&phone, &world).await);
    world
}

async fn a_list_shows_each_session_of_the_user_and_no_key(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let desk = Browser::new("alice");
    let callback = desk.start_login(&world, "/auth/login").await;
    desk.send(&world, Request::page(&callback).header("user-agent", "Firefox on Linux")).await;
    world.advance(Duration::from_secs(90));
    let phone = world.login("alice").await;
    world.login("bob").await;
    let docs = world.other_application().await;
    desk.log_in(&docs).await;

    let list = phone.session(&world).await.all_of_user().await.unwrap();
    let [first, second] = &list[..] else { panic!("{list:?}") };
    assert_eq!((first.is_current, second.is_current), (false, true));
    assert_eq!(first.user_agent.as_deref(), Some("Firefox on Linux"));
    assert_eq!(second.user_agent, None);
    assert!(first.age >= Duration::from_secs(90) && second.age < Duration::from_secs(1), "{list:?}");
    let handle = desk.session_cookie(&world).unwrap().value;
    assert!(!format!("{list:?}").contains(&handle));
    let thief = Browser::new("mallory");
    let cookie = desk.session_cookie(&world).unwrap();
    thief.plant(&world, &cookie.name, &format!("{:A<43}", first.id));
    assert!(!is_in(&thief, &world).await, "what the list shows opens nothing");

    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    phone.log_in(&world).await;
    assert_eq!(
        phone.session(&world).await.all_of_user().await.unwrap().len(),
        1,
        "ended ones are not listed"
    );
    world
}

async fn a_list_ends_no_session_of_anybody_else(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let [desk, phone] = [world.login("alice").await, world.login("alice").await];
    let bob = world.login("bob").await;
    phone.log_in(&docs).await;
    let of_bob = bob.session(&world).await.all_of_user().await.unwrap().remove(0).id;
    let elsewhere = phone.session(&docs).await.all_of_user().await.unwrap().remove(0).id;
    let session = desk.session(&world).await;
    let too_long = "A".repeat(44);
    for id in [of_bob.as_str(), &elsewhere, "", "A", "no base64!", &too_long, "AAAAAAAAAAAAAAAAAAAAAA"] {
        assert!(!session.end_listed(id).await.unwrap(), "{id}");
    }
    for (browser, node) in [(&desk, &*world), (&phone, &world), (&bob, &world), (&phone, &docs)] {
        assert!(is_in(browser, node).await);
    }
    let of_phone = session.all_of_user().await.unwrap().remove(1).id;
    assert!(session.end_listed(&of_phone).await.unwrap());
    assert!(!session.end_listed(&of_phone).await.unwrap(), "once");
    assert!(!is_in(&phone, &world).await);
    let own = session.all_of_user().await.unwrap().remove(0).id;
    assert!(session.end_listed(&own).await.unwrap(), "one's own as well");
    assert!(!is_in(&desk, &world).await);
    world
}

/// A store that fails is told as such; "all others" is in effect here, and can be repeated.
#[tokio::test(start_paused = true)]
async fn invariant_12_a_store_that_fails_is_told() {
    let world = World::new(&Bare).await;
    let [desk, phone] = [world.login("alice").await, world.login("alice").await];
    let session = desk.session(&world).await;
    for moment in [Moment::Before, Moment::After] {
        world.store().fail_next(Verb::Revoke, moment);
        let error = session.end_all_others().await.unwrap_err();
        assert_eq!(vestibule::Diagnose::code(&error), "store.unavailable");
        assert!(!is_in(&phone, &world).await, "{moment:?}");
        assert!(is_in(&desk, &world).await);
        phone.log_in(&world).await;
        assert!(is_in(&phone, &world).await, "{moment:?}");
    }
    session.end_all_others().await.unwrap();
    assert!(is_in(&desk, &world).await);
    let token =
        world.provider().logout_token(DASHBOARD, |claims| claims["sid"] = desk.sso().unwrap().sid.into());
    assert_done(&hear(&world, &token).await);
    assert!(!is_in(&desk, &world).await);
}
