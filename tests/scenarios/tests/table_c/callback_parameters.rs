use scenarios::{Browser, Calls, Mount, Request, World, on_every_mount};

use crate::attempt::{Parameters, Pending, assert_refused, refuses};

on_every_mount! {
    c07_two_codes
    c07_two_states
    c07_two_issuers
    c07_two_errors
    c07_two_session_states
    c07_unknown_parameters_may_repeat
    c08_a_code_beside_an_error
    c08_an_access_token
    c08_an_id_token
    c09_an_error_without_state
    c09_an_error_with_another_state
    c09_an_error_with_an_altered_state
    c11_no_code
    c11_an_empty_code
    c11_a_control_byte_in_the_code
    c11_a_code_beyond_ascii
    c11_a_code_of_4097
    c11_a_code_of_4096_is_sent
    c11_escapes_that_cannot_be_decoded
}

const DUPLICATE: &str = "callback.duplicate_param";
const UNEXPECTED: &str = "callback.unexpected_param";
const CODE: &str = "callback.code_invalid";

async fn c07_two_codes(mount: &'static dyn Mount) -> World {
    refuses(mount, DUPLICATE, Pending::Waits, |query| query.also("code", "another")).await
}

async fn c07_two_states(mount: &'static dyn Mount) -> World {
    refuses(mount, DUPLICATE, Pending::Waits, |query| {
        let state = query.get("state").to_owned();
        query.also("state", &state)
    })
    .await
}

async fn c07_two_issuers(mount: &'static dyn Mount) -> World {
    refuses(mount, DUPLICATE, Pending::Waits, |query| query.also("iss", "https://evil.example")).await
}

async fn c07_two_errors(mount: &'static dyn Mount) -> World {
    refuses(mount, DUPLICATE, Pending::Waits, |query| query.also("error", "a").also("error", "b")).await
}

async fn c07_two_session_states(mount: &'static dyn Mount) -> World {
    refuses(mount, DUPLICATE, Pending::Waits, |query| {
        query.also("session_state", "a").also("session_state", "a")
    })
    .await
}

async fn c07_unknown_parameters_may_repeat(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let more =
        Parameters::of(&callback).also("utm_source", "a").also("utm_source", "b").also("session_state", "x");
    assert_eq!(alice.page(&world, &more.path()).await.location(), "/me");
    world
}

async fn c08_a_code_beside_an_error(mount: &'static dyn Mount) -> World {
    refuses(mount, UNEXPECTED, Pending::Over, |query| query.also("error", "access_denied")).await
}

async fn c08_an_access_token(mount: &'static dyn Mount) -> World {
    refuses(mount, UNEXPECTED, Pending::Over, |query| query.also("access_token", "x")).await
}

async fn c08_an_id_token(mount: &'static dyn Mount) -> World {
    refuses(mount, UNEXPECTED, Pending::Over, |query| query.also("id_token", "a.b.c")).await
}

async fn c09_an_error_without_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_invalid", Pending::Waits, |query| {
        query.without("code").without("state").also("error", "access_denied")
    })
    .await
}

async fn c09_an_error_with_another_state(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let attackers = Parameters::of(&Browser::new("mallory").start_login(&world, "/auth/login").await);
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let before = world.snapshot().await;
    let forged = attackers.without("code").also("error", "access_denied").path();
    for shown_to in [Request::page, Request::api] {
        assert_refused(&alice.send(&world, shown_to(&forged)).await, 400, "callback.state_unbound");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}

async fn c09_an_error_with_an_altered_state(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.state_unbound", Pending::Waits, |query| {
        let altered: String = query.get("state").chars().rev().collect();
        query.without("code").with("state", &altered).also("error", "access_denied")
    })
    .await
}

async fn c11_no_code(mount: &'static dyn Mount) -> World {
    refuses(mount, CODE, Pending::Over, |query| query.without("code")).await
}

async fn c11_an_empty_code(mount: &'static dyn Mount) -> World {
    refuses(mount, CODE, Pending::Over, |query| query.with("code", "")).await
}

async fn c11_a_control_byte_in_the_code(mount: &'static dyn Mount) -> World {
    refuses(mount, CODE, Pending::Over, |query| query.with("code", "abc\r\ndef")).await
}

async fn c11_a_code_beyond_ascii(mount: &'static dyn Mount) -> World {
    refuses(mount, CODE, Pending::Over, |query| query.with("code", "cod\u{e9}")).await
}

async fn c11_a_code_of_4097(mount: &'static dyn Mount) -> World {
    refuses(mount, CODE, Pending::Over, |query| query.with("code", &"x".repeat(4097))).await
}

async fn c11_a_code_of_4096_is_sent(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let long = Parameters::of(&callback).with("code", &"x".repeat(4096)).path();
    world.settle().await;
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &long).await, 400, "token.oauth_error");
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    world
}

async fn c11_escapes_that_cannot_be_decoded(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let before = world.snapshot().await;
    for broken in ["%ff", "%", "%2", "%zz"] {
        assert_refused(
            &alice.page(&world, &format!("{callback}&x={broken}")).await,
            400,
            "callback.malformed",
        );
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}
