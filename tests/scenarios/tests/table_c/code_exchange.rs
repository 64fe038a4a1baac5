use std::time::Duration;

use scenarios::{Browser, Call, Calls, Mount, World, on_every_mount, provider::fault};
use serde_json::{Value, json};

use crate::attempt::assert_refused;

on_every_mount! {
    c23_no_token_type
    c23_a_token_type_that_is_no_bearer
    c23_no_access_token
    c23_no_id_token
    c23_a_negative_lifetime
    c23_a_lifetime_with_a_fraction
    c23_a_lifetime_as_text
    c23_an_error_in_a_200
    c23_a_list
    c23_a_page
    c23_a_bearer_in_any_case
    c23_no_lifetime
    c24_a_reset_after_sending
    c24_a_timeout
    c24_an_outage
    c24_no_connection
    h02_provider_down_at_the_exchange
}

const INVALID: &str = "token.invalid_response";

async fn c23_no_token_type(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| remove(answer, "token_type")).await
}

async fn c23_a_token_type_that_is_no_bearer(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| answer["token_type"] = json!("mac")).await
}

async fn c23_no_access_token(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| remove(answer, "access_token")).await
}

async fn c23_no_id_token(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| remove(answer, "id_token")).await
}

async fn c23_a_negative_lifetime(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| answer["expires_in"] = json!(-1)).await
}

async fn c23_a_lifetime_with_a_fraction(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| answer["expires_in"] = json!(299.5)).await
}

async fn c23_a_lifetime_as_text(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| answer["expires_in"] = json!("soon")).await
}

async fn c23_an_error_in_a_200(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| answer["error"] = json!("invalid_grant")).await
}

async fn c23_a_list(mount: &'static dyn Mount) -> World {
    refuses_answer(mount, |answer| *answer = json!([answer.clone()])).await
}

async fn c23_a_page(mount: &'static dyn Mount) -> World {
    fails(mount, fault::page, 400, INVALID).await
}

async fn c23_a_bearer_in_any_case(mount: &'static dyn Mount) -> World {
    accepts_answer(mount, |answer| answer["token_type"] = json!("bEARER")).await
}

async fn c23_no_lifetime(mount: &'static dyn Mount) -> World {
    accepts_answer(mount, |answer| remove(answer, "expires_in")).await
}

async fn c24_a_reset_after_sending(mount: &'static dyn Mount) -> World {
    fails(mount, fault::reset, 503, "token.outcome_unknown").await
}

async fn c24_a_timeout(mount: &'static dyn Mount) -> World {
    fails(mount, fault::timeout, 503, "token.outcome_unknown").await
}

async fn c24_an_outage(mount: &'static dyn Mount) -> World {
    fails(mount, || fault::unavailable(3), 503, "http.unavailable").await
}

async fn c24_no_connection(mount: &'static dyn Mount) -> World {
    fails(mount, fault::unreachable, 503, "http.unreachable").await
}

async fn h02_provider_down_at_the_exchange(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    world.provider().go_down();
    let down = alice.page(&world, &callback).await;
    assert_refused(&down, 503, "http.unreachable");
    assert!(down.text().contains("<a href=\"/auth/login?return_to=%2Fme\">Start again</a>"), "{down:?}");
    world.settle().await;
    world.provider().come_up();
    world.advance(Duration::from_secs(60));
    assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_invalid");
    assert_eq!(alice.open(&world, "/auth/login?return_to=%2Fme").await.text(), "only for you, alice");
    world
}

/// That a login ends without a session when the provider's token answer is altered like this.
async fn refuses_answer(mount: &'static dyn Mount, alter: impl Fn(&mut Value) + Send + 'static) -> World {
    let world = World::new(mount).await;
    world.provider().alter_token_answer(alter);
    ends_without_session(world, 400, INVALID).await
}

/// That a login ends without a session when the token endpoint answers with this.
async fn fails(
    mount: &'static dyn Mount,
    fault: impl Fn() -> fault::Outcome + Send + 'static,
    status: u16,
    code: &str,
) -> World {
    let world = World::new(mount).await;
    world.provider().fault(Call::Token, fault);
    ends_without_session(world, status, code).await
}

async fn ends_without_session(world: World, status: u16, code: &str) -> World {
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    world.settle().await;
    let before = world.snapshot().await;
    let answer = alice.page(&world, &callback).await;
    assert_refused(&answer, status, code);
    assert_eq!(answer.header("retry-after").is_some(), status == 503);
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    assert_eq!(alice.cookies(&world), [], "neither a session nor a pending login");
    assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    world
}

async fn accepts_answer(mount: &'static dyn Mount, alter: impl Fn(&mut Value) + Send + 'static) -> World {
    let world = World::new(mount).await;
    world.provider().alter_token_answer(alter);
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    world
}

fn remove(answer: &mut Value, member: &str) {
    answer.as_object_mut().unwrap().remove(member);
}
