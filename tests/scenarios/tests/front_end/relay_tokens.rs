use std::{sync::Arc, time::Duration};

use http::Response;
use scenarios::{
    Bare, Call, Mount, World, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
};

use crate::api::{AT, Api, call, serial};

on_every_mount! {
    a_token_that_has_ended_is_renewed_before_the_call
    a_token_that_the_api_refuses_is_renewed_once
    an_api_that_refuses_every_token_does_not_hammer_the_provider
    d18_a_provider_that_is_down_logs_nobody_out
    d17_a_session_that_the_provider_ended_is_told
}

async fn a_token_that_has_ended_is_renewed_before_the_call(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let first = alice.send(&world, call(AT)).await.text().to_owned();
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let second = alice.send(&world, call(AT)).await.text().to_owned();
    assert_ne!(first, second);
    assert_eq!((world.calls().token, api.asked().len()), (2, 2));
    world
}

async fn a_token_that_the_api_refuses_is_renewed_once(mount: &'static dyn Mount) -> World {
    let refused = Arc::new(std::sync::Mutex::new(None::<String>));
    let first = Arc::clone(&refused);
    let api = Api::answering(move |request| {
        let mut first = first.lock().unwrap();
        if *first.get_or_insert_with(|| serial(request)) == serial(request) {
            return Ok(unauthorized());
        }
        Ok(Response::new(serial(request).into()))
    });
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.send(&world, call(AT).method("POST").body("order")).await;
    assert_eq!(answer.status, 200);
    assert_ne!(Some(answer.text()), refused.lock().unwrap().as_deref());
    assert_eq!(world.calls().token, 2);
    let asked = api.asked();
    assert_eq!((asked.len(), &asked[1].body()[..]), (2, &b"order"[..]));
    // What is known to be good is used from then on.
    assert_eq!(alice.send(&world, call(AT)).await.status, 200);
    assert_eq!((world.calls().token, api.asked().len()), (2, 3));
    world
}

async fn an_api_that_refuses_every_token_does_not_hammer_the_provider(mount: &'static dyn Mount) -> World {
    let api = Api::answering(|_| Ok(unauthorized()));
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..20 {
        assert_eq!(alice.send(&world, call(AT)).await.status, 401);
    }
    assert_eq!(world.calls().token, 2, "the code, and one refresh");
    world.advance(Duration::from_secs(60));
    assert_eq!(alice.send(&world, call(AT)).await.status, 401);
    assert_eq!(world.calls().token, 3);
    assert_eq!(alice.page(&world, "/me").await.status, 200);
    world
}

async fn d18_a_provider_that_is_down_logs_nobody_out(mount: &'static dyn Mount) -> World {
    let api = Api::open();
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().go_down();
    let answer = alice.send(&world, call(AT)).await;
    assert_eq!((answer.status, api.asked().len()), (503, 0), "{answer:?}");
    world.provider().come_up();
    world.advance(Duration::from_secs(60));
    assert_eq!(alice.send(&world, call(AT)).await.status, 200);
    world
}

async fn d17_a_session_that_the_provider_ended_is_told(mount: &'static dyn Mount) -> World {
    let api = Api::answering(|_| Ok(unauthorized()));
    let world = api.world(mount).await;
    let alice = world.login("alice").await;
    world.provider().fault(Call::Token, || fault::oauth_error("invalid_grant"));
    let answer = alice.send(&world, call(AT)).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "refresh.revoked"));
    assert_eq!(alice.api(&world, "/api/me").await.status, 401);
    world
}

/// Many calls that the API refuses at once make one refresh, and those that come late take what it brought.
#[tokio::test(start_paused = true)]
async fn d16_a_token_that_was_renewed_meanwhile_is_not_renewed_again() {
    let api = Api::open();
    let world = api.world(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let refused = session.access_token().await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (session, refused) = (session.clone(), refused.clone());
            tokio::spawn(async move { session.renew_access_token(&refused).await.unwrap() })
        })
        .collect();
    let mut renewed = Vec::new();
    for task in tasks {
        renewed.push(task.await.unwrap());
    }
    let late = alice.session(&world).await.renew_access_token(&refused).await.unwrap();
    assert!(renewed.iter().all(|token| *token == late && *token != refused));
    assert_eq!(world.calls().token, 2, "the code, and one refresh");
}

fn unauthorized() -> Response<bytes::Bytes> {
    let mut answer = Response::new(bytes::Bytes::new());
    *answer.status_mut() = http::StatusCode::UNAUTHORIZED;
    answer
}
