use std::time::Duration;

use scenarios::{Browser, Call, Calls, Mount, Request, World, on_every_mount, provider::fault};
use vestibule::Diagnose;

on_every_mount! {
    h01_public_and_signed_in_pages_are_served
    h01_logins_do_not_hammer_the_provider
    h01_the_provider_comes_back
    h01_a_provider_that_answers_nonsense
    h02_a_code_is_not_sent_twice
    h02_users_who_are_signed_in_notice_nothing
}

const SECOND: Duration = Duration::from_secs(1);

async fn h01_public_and_signed_in_pages_are_served(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.provider().go_down();
    let fresh = world.second_node().await;
    let ready = fresh.relying_party().ready().await;
    assert_eq!(ready.unwrap_err().code(), "http.unreachable", "degraded, and says so");
    assert_eq!(alice.page(&fresh, "/me").await.text(), "only for you, alice");
    assert_eq!(Browser::new("bob").page(&fresh, "/").await.text(), "hello stranger");
    let login = Browser::new("bob").page(&fresh, "/auth/login").await;
    assert_eq!((login.status, login.code().as_str()), (503, "http.unreachable"));
    assert!(login.header("retry-after").is_some() && login.set_cookies().is_empty(), "{login:?}");
    world
}

async fn h01_logins_do_not_hammer_the_provider(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().go_down();
    for pause in [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND] {
        let before = world.calls().discovery;
        for _ in 0..20 {
            assert_eq!(Browser::new("alice").page(&world, "/auth/login").await.status, 503);
        }
        world.settle().await;
        assert_eq!(world.calls().discovery - before, 1, "within the pause of {pause:?}");
        world.advance(pause);
    }
    world
}

async fn h01_the_provider_comes_back(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().go_down();
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/auth/login").await.status, 503);
    world.settle().await;
    world.provider().come_up();
    world.advance(SECOND);
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    assert!(world.relying_party().ready().await.is_ok());
    world
}

async fn h01_a_provider_that_answers_nonsense(mount: &'static dyn Mount) -> World {
    for (fault, code) in [
        (fault::page as fn() -> fault::Outcome, "discovery.malformed"),
        (|| fault::unavailable(1), "discovery.unavailable"),
        (fault::timeout, "http.timeout"),
        (
            || fault::json(200, &serde_json::json!({ "issuer": "https://evil.example" })),
            "discovery.issuer_mismatch",
        ),
    ] {
        let world = World::new(mount).await;
        world.provider().fault(Call::Discovery, fault);
        let login = world.receive(Request::page("/auth/login")).await;
        assert_eq!(login.code(), code);
        assert!([500, 503].contains(&login.status) && login.set_cookies().is_empty(), "{login:?}");
        assert_eq!(world.receive(Request::page("/")).await.text(), "hello stranger");
    }
    World::new(mount).await
}

async fn h02_a_code_is_not_sent_twice(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    world.settle().await;
    world.provider().fault(Call::Token, fault::timeout);
    let before = world.snapshot().await;
    let down = alice.page(&world, &callback).await;
    assert_eq!((down.status, down.code().as_str()), (503, "token.outcome_unknown"));
    assert!(down.text().contains("<a href=\"/auth/login?return_to=%2Fme\">Start again</a>"), "{down:?}");
    world.provider().repair(Call::Token);
    assert_eq!(alice.page(&world, &callback).await.code(), "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    assert_eq!(alice.open(&world, "/auth/login?return_to=%2Fme").await.text(), "only for you, alice");
    world
}

async fn h02_users_who_are_signed_in_notice_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let callback = alice.start_login(&world, "/auth/login").await;
    world.provider().fault(Call::Token, fault::unreachable);
    assert_eq!(alice.page(&world, &callback).await.status, 503);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice", "the session is not touched");
    world
}
