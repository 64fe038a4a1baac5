//! Answers that depend on who asked are not stored by any cache, whatever the handler says (checklist D22).

use std::time::Duration;

use axum::{
    Router,
    http::{StatusCode, header},
    middleware::map_response,
    response::Response,
    routing::get,
};
use scenarios::{Answer, Browser, World, provider::ACCESS_TOKEN_LIFETIME};
use vestibule_axum::{Failure, Session};

use crate::shape::{Shape, home, me};

static SHAPE: Shape = Shape(|| {
    let shared = [(header::CACHE_CONTROL, "public, s-maxage=600"), (header::VARY, "accept-language")];
    Router::new()
        .route("/", get(home))
        .route("/shared", get(async move |visitor| (shared, home(visitor).await)))
        .route("/unchanged", get(async |visitor| (StatusCode::NOT_MODIFIED, home(visitor).await)))
        .route("/logo", get(async || ([(header::CACHE_CONTROL, "public, max-age=60")], "logo")))
        .route("/me", get(me))
        .route("/token", get(token))
        .layer(map_response(async |response: Response| {
            ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://spa.acme.example")], response)
        }))
});

async fn token(session: Session) -> Result<String, Failure> {
    Ok(session.access_token().await?.expose().to_owned())
}

async fn answer(path: &str) -> Answer {
    let world = World::new(&SHAPE).await;
    let alice = world.login("alice").await;
    alice.page(&world, path).await
}

#[tokio::test(start_paused = true)]
async fn d22_a_handlers_caching_header_does_not_share_a_personal_page() {
    let answer = answer("/shared").await;
    assert_eq!(answer.text(), "hello alice");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.headers_named("vary"), ["accept-language", "cookie"]);
}

#[tokio::test(start_paused = true)]
async fn d22_not_modified_does_not_refresh_a_shared_copy() {
    let answer = answer("/unchanged").await;
    assert_eq!((answer.status, answer.header("cache-control")), (304, Some("no-store")));
}

#[tokio::test(start_paused = true)]
async fn d22_what_does_not_ask_who_is_there_stays_cacheable() {
    let answer = answer("/logo").await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    assert_eq!((answer.header("vary"), answer.set_cookies().len()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn d22_an_unchanged_session_sets_no_cookie() {
    let answer = answer("/me").await;
    assert_eq!((answer.status, answer.set_cookies().len()), (200, 0));
}

#[tokio::test(start_paused = true)]
async fn d22_a_challenge_is_not_stored() {
    let world = World::new(&SHAPE).await;
    let answer = Browser::new("alice").page(&world, "/me").await;
    assert_eq!((answer.status, answer.header("cache-control")), (303, Some("no-store")));
    assert_eq!(answer.header("vary"), Some("cookie"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_the_headers_of_layers_in_between() {
    let world = World::new(&SHAPE).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().go_down();
    let answer = alice.api(&world, "/token").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "refresh.unavailable"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://spa.acme.example"));
    assert_eq!(answer.headers_named("content-type"), ["application/problem+json"]);
    assert_ne!(answer.header("content-length"), Some("0"));
}
