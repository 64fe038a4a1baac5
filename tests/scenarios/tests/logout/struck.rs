//! Whom a logout strikes, and whom it does not (Back-Channel Logout section 2.7; session model, section 2).

use scenarios::{Browser, DASHBOARD, Mount, World, on_every_mount};
use serde_json::json;
use vestibule_web::LogoutScope;

use crate::support::{assert_done, hear, is_in, sid, token, token_for, without};

on_every_mount! {
    b20_a_sid_strikes_its_own_sessions_alone
    b20_a_sid_that_is_used_again_lives
    b21_a_subject_is_struck_in_every_browser_on_every_node
    b22_sid_and_subject_must_belong_together
    b22_sid_and_subject_end_what_knows_no_sid
    b22_all_of_the_subject_where_that_was_chosen
    b23_nobody_to_log_out_is_a_success_like_any_other
}

/// Two browsers of alice's, one of bob's.
async fn people(world: &World) -> [Browser; 3] {
    [world.login("alice").await, world.login("alice").await, world.login("bob").await]
}

async fn assert_in(world: &World, people: &[Browser; 3], expected: [bool; 3], what: &str) {
    let mut seen = [false; 3];
    for (seen, browser) in seen.iter_mut().zip(people) {
        *seen = is_in(browser, world).await;
    }
    assert_eq!(seen, expected, "{what}");
}

async fn b20_a_sid_strikes_its_own_sessions_alone(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let people = people(&world).await;
    let [desk, ..] = &people;
    desk.log_in(&docs).await;
    assert_done(&hear(&world, &token(&world, None, Some(&sid(desk)))).await);
    assert_in(&world, &people, [false, true, true], "the other browser and the other user stay").await;
    assert!(is_in(desk, &docs).await, "the same sid at another application is its own matter");
    world
}

/// Providers do that, and the moment tells the two apart.
async fn b20_a_sid_that_is_used_again_lives(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_id_token(|claims| claims["sid"] = json!("reused"));
    let people = people(&world).await;
    let [desk, phone, bob] = &people;
    let reused = || token(&world, None, Some("reused"));
    assert_done(&hear(&world, &reused()).await);
    assert_in(&world, &people, [false, false, false], "all of that sid").await;
    desk.log_in(&world).await;
    assert_in(&world, &people, [true, false, false], "a later login with the same sid").await;
    assert_done(&hear(&world, &reused()).await);
    phone.log_in(&world).await;
    bob.log_in(&world).await;
    assert_in(&world, &people, [false, true, true], "and again").await;
    world
}

async fn b21_a_subject_is_struck_in_every_browser_on_every_node(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (second, docs) = (world.second_node().await, world.other_application().await);
    let people = people(&world).await;
    let elsewhere = Browser::new("alice");
    elsewhere.log_in(&second).await;
    people[0].log_in(&docs).await;
    assert_done(&hear(&second, &token_for(&world, "alice")).await);
    assert_in(&world, &people, [false, false, true], "everything of alice's").await;
    for node in [&*world, &second] {
        assert!(!is_in(&elsewhere, node).await);
    }
    assert!(is_in(&people[0], &docs).await, "another application hears of it itself");
    for user in ["Alice", "alic", "alice ", "alice\u{0}"] {
        people[0].log_in(&world).await;
        assert_done(&hear(&world, &token_for(&world, user)).await);
        assert!(is_in(&people[0], &world).await, "{user:?} is somebody else");
    }
    world
}

async fn b22_sid_and_subject_must_belong_together(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let people = people(&world).await;
    let [desk, _, bob] = &people;
    for (sub, sid) in [("bob", sid(desk)), ("alice", sid(bob)), ("mallory", sid(desk))] {
        assert_done(&hear(&world, &token(&world, Some(sub), Some(&sid))).await);
        assert_in(&world, &people, [true, true, true], "nobody has both").await;
    }
    assert_done(&hear(&world, &token(&world, Some("alice"), Some(&sid(desk)))).await);
    assert_in(&world, &people, [false, true, true], "the sid, and no sibling").await;
    world
}

async fn b22_sid_and_subject_end_what_knows_no_sid(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_id_token(|claims| without(claims, "sid"));
    let unnamed = world.login("alice").await;
    let unnamed_bob = world.login("bob").await;
    world.provider().alter_id_token(|_| ());
    let people = people(&world).await;
    let [desk, ..] = &people;
    assert_done(&hear(&world, &token(&world, None, Some(&sid(&unnamed)))).await);
    assert!(is_in(&unnamed, &world).await, "the application was never told that sid");
    assert_done(&hear(&world, &token(&world, Some("alice"), Some(&sid(desk)))).await);
    assert_in(&world, &people, [false, true, true], "siblings with a sid of their own stay").await;
    assert!(!is_in(&unnamed, &world).await, "it may be the one that was meant");
    assert!(is_in(&unnamed_bob, &world).await);
    world
}

async fn b22_all_of_the_subject_where_that_was_chosen(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.logout_scope(LogoutScope::AllForSubject)).await;
    let people = people(&world).await;
    let [desk, ..] = &people;
    assert_done(&hear(&world, &token(&world, Some("alice"), Some(&sid(desk)))).await);
    assert_in(&world, &people, [false, false, true], "all of alice's").await;
    world
}

/// Whether anybody was logged out is not for the caller to learn.
async fn b23_nobody_to_log_out_is_a_success_like_any_other(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let sid_of_alice = sid(&alice);
    let answers = [
        hear(&world, &token(&world, None, Some("never-seen"))).await,
        hear(&world, &token_for(&world, "nobody")).await,
        hear(&world, &token(&world, Some("nobody"), Some("never-seen"))).await,
        hear(&world, &token(&world, None, Some(&sid_of_alice))).await,
        hear(&world, &token(&world, None, Some(&sid_of_alice))).await,
    ];
    assert!(!is_in(&alice, &world).await);
    for answer in &answers {
        assert_done(answer);
        assert_eq!(answer, &answers[0]);
    }

    // What nobody listened to yet is remembered: a login that was under way is covered by it.
    let bob = Browser::new("bob");
    let callback = bob.start_login(&world, "/auth/login").await;
    let unknown_until_now = world.provider().logout_token(DASHBOARD, |claims| {
        without(claims, "sub");
        claims["sid"] = json!(sid(&bob));
    });
    assert_done(&hear(&world, &unknown_until_now).await);
    let afresh = bob.page(&world, &callback).await;
    assert!(world.provider().is_authorization_url(afresh.location()), "{afresh:?}");
    world
}
