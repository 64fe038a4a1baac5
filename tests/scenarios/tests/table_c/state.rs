use std::time::Duration;

use scenarios::{Browser, Calls, Mount, Request, World, on_every_mount};

use crate::attempt::{Parameters, Pending, assert_refused, refuses};

on_every_mount! {
    c01_no_state
    c01_an_empty_state
    c01_a_state_of_another_shape
    c01_a_truncated_state
    c01_an_unknown_state
    c01_an_altered_state
    c01_a_used_state
    c01_states_are_unguessable
    c02_a_callback_opened_in_another_browser
    c02_an_attackers_callback_leaves_the_victims_session_alone
    c02_the_cookie_of_another_login
    c02_a_deleted_cookie
    c04_ten_minutes_and_a_second
    c04_a_cookie_kept_beyond_its_time
    c04_ten_minutes
}

async fn c01_no_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_invalid", Pending::Waits, |query| query.without("state")).await
}

async fn c01_an_empty_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_invalid", Pending::Waits, |query| query.with("state", "")).await
}

async fn c01_a_state_of_another_shape(mount: &'static dyn Mount) -> World {
    let longer = format!("{}=", "x".repeat(42));
    refuses(mount, "callback.state_invalid", Pending::Waits, |query| query.with("state", &longer)).await
}

async fn c01_a_truncated_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_invalid", Pending::Waits, |query| {
        let state = query.get("state").to_owned();
        query.with("state", &state[..42])
    })
    .await
}

/// Nobody can tell whether a state that looks like ours was made for another browser or was made up.
async fn c01_an_unknown_state(mount: &'static dyn Mount) -> World {
    let unknown = "x".repeat(43);
    refuses(mount, "callback.state_unbound", Pending::Waits, |query| query.with("state", &unknown)).await
}

async fn c01_an_altered_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_unbound", Pending::Waits, |query| {
        let state = query.get("state").to_owned();
        let other = if state.ends_with('A') { 'B' } else { 'A' };
        query.with("state", &format!("{}{other}", &state[..42]))
    })
    .await
}

async fn c01_a_used_state(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    assert_eq!(alice.page(&world, &callback).await.status, 303);
    // The same state with a code that was never sent.
    let fresh = Parameters::of(&alice.start_login(&world, "/auth/login").await);
    let again = Parameters::of(&callback).with("code", fresh.get("code")).path();
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &again).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c01_states_are_unguessable(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let sent = Browser::new("alice").page(&world, "/auth/login").await;
        let parameters = Parameters::of(sent.location());
        for name in ["state", "nonce", "code_challenge"] {
            assert_eq!(parameters.get(name).len(), 43, "256 bits as base64url");
            assert!(seen.insert(parameters.get(name).to_owned()), "{name} came twice");
        }
    }
    world
}

async fn c02_a_callback_opened_in_another_browser(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let attackers = Browser::new("mallory").start_login(&world, "/auth/login").await;
    let before = world.snapshot().await;
    for shown_to in [Request::page, Request::api] {
        let answer = Browser::new("alice").send(&world, shown_to(&attackers)).await;
        assert_refused(&answer, 400, "callback.state_unbound");
        assert_eq!(answer.set_cookies().len(), 0);
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c02_an_attackers_callback_leaves_the_victims_session_alone(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let alices = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let attackers = Browser::new("mallory").start_login(&world, "/auth/login").await;
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &attackers).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    assert_eq!(alice.page(&world, &alices).await.location(), "/me");
    world
}

async fn c02_the_cookie_of_another_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (alice, mallory) = (Browser::new("alice"), Browser::new("mallory"));
    alice.start_login(&world, "/auth/login").await;
    let attackers = mallory.start_login(&world, "/auth/login").await;
    // The victim's own sealed login, under the name that the attacker's state asks for.
    let (victims, name) = (alice.cookies(&world).remove(0).value, mallory.cookies(&world).remove(0).name);
    alice.plant(&world, &name, &victims);
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &attackers).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c02_a_deleted_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    alice.clear(&world);
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c04_ten_minutes_and_a_second(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    world.advance(Duration::from_secs(601));
    assert_eq!(alice.cookies(&world), [], "the browser has dropped it");
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c04_a_cookie_kept_beyond_its_time(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let kept = alice.cookies(&world).remove(0);
    alice.plant(&world, &kept.name, &kept.value);
    world.advance(Duration::from_secs(601));
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c04_ten_minutes(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    world.advance(Duration::from_secs(599));
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}
