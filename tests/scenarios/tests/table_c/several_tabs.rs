use scenarios::{Browser, Call, Calls, Mount, World, on_every_mount};
use tokio::join;

on_every_mount! {
    c03_two_tabs_both_finish
    c03_twenty_starts_keep_the_cookies_small
    c03_the_longest_cookies_stay_small_too
    c03_the_oldest_of_twenty_starts_makes_way
    c12_the_back_button_repeats_nothing
    c12_a_double_click_exchanges_the_code_once
}

async fn c03_two_tabs_both_finish(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let first = alice.start_login(&world, "/auth/login?return_to=%2Fme%3Ftab%3D1").await;
    let second = alice.start_login(&world, "/auth/login?return_to=%2Fme%3Ftab%3D2").await;
    assert_eq!(alice.cookies(&world).len(), 2);
    assert_eq!(alice.page(&world, &first).await.location(), "/me?tab=1");
    assert_eq!(alice.page(&world, &second).await.location(), "/me?tab=2");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    assert_eq!((alice.cookies(&world).len(), world.state().await.sessions.len()), (1, 1));
    world
}

async fn c03_twenty_starts_keep_the_cookies_small(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    for start in 0..20 {
        let long = "x".repeat(1900);
        let answer =
            alice.page(&world, &format!("/auth/login?return_to=%2Fme%3Fstart%3D{start}%26{long}")).await;
        assert!(answer.set_cookies().iter().all(|cookie| cookie.len() <= 1024 + 80), "{answer:?}");
        let cookies = alice.cookie_header(&world);
        assert!(cookies.len() <= 8 * 1024, "{} bytes after {start} starts", cookies.len());
    }
    assert_eq!(alice.cookies(&world).len(), 8);
    world
}

/// The place to come back to whose cookie comes closest to the limit, eight times, beside a session.
async fn c03_the_longest_cookies_stay_small_too(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let start = |length: usize| format!("/auth/login?return_to=%2Fme%3F{}", "x".repeat(length));
    let mut longest = (0, 0);
    for length in 0..700 {
        let answer = world.receive(scenarios::Request::page(&start(length))).await;
        let cookie = answer.set_cookies()[0].split_once(';').unwrap().0.len();
        longest = longest.max((cookie, length));
    }
    let alice = world.login("alice").await;
    for _ in 0..10 {
        alice.page(&world, &start(longest.1)).await;
    }
    assert_eq!(alice.cookies(&world).len(), 9);
    let cookies = alice.cookie_header(&world).len();
    assert!(cookies <= 8 * 1024, "{cookies} bytes, of which the longest has {}", longest.0);
    world
}

async fn c03_the_oldest_of_twenty_starts_makes_way(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let oldest = alice.start_login(&world, "/auth/login").await;
    for _ in 0..18 {
        alice.start_login(&world, "/auth/login").await;
    }
    let latest = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!(alice.page(&world, &oldest).await.code(), "callback.state_unbound");
    assert_eq!(alice.page(&world, &latest).await.location(), "/me");
    world
}

async fn c12_the_back_button_repeats_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let first = alice.page(&world, &callback).await;
    alice.follow(&world, first).await;
    let before = world.snapshot().await;
    let again = alice.page(&world, &callback).await;
    assert_eq!((again.status, again.code().as_str()), (400, "callback.state_invalid"));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn c12_a_double_click_exchanges_the_code_once(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let held = world.provider().hold(Call::Token);
    let second_click = async {
        held.reached().await;
        let answer = alice.page(&world, &callback).await;
        held.release();
        answer
    };
    let (first, second) = join!(alice.page(&world, &callback), second_click);
    assert_eq!((first.status, first.location()), (303, "/me"));
    assert_eq!((second.status, second.location()), (303, "/me"));
    assert_eq!(world.calls().token, 1);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}
