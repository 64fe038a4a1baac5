//! Answers that depend on who asked are not stored by any cache, whatever the handler says (checklist D22).

use std::time::Duration;

use actix_web::{
    HttpResponse,
    dev::{Service, ServiceResponse},
    error::ErrorImATeapot,
    http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, HeaderValue, VARY},
    web::{get, scope},
};
use scenarios::{Answer, World, provider::ACCESS_TOKEN_LIFETIME};
use vestibule_actix::{Failure, Requirement, Session, SessionError, Visitor, require};

use crate::shape::{Shape, home, me, root, shape};

static SHAPE: &Shape = shape!(
    root()
        .route("/shared", get().to(shared))
        .route("/unchanged", get().to(async |_: Visitor| HttpResponse::NotModified()))
        .route("/logo", get().to(logo))
        .route("/me", get().to(me))
        .route("/token", get().to(token))
        .service(scope("/refused").route("", get().to(me)).wrap_fn(|request, next| {
            let answer = next.call(request);
            async { answer.await.and_then(|_| Err::<ServiceResponse, _>(ErrorImATeapot("by middleware"))) }
        }))
        .service(scope("/watched").route("", get().to(me)).wrap(require(Requirement::role("admin"))).wrap_fn(
            |request, next| {
                let answer = next.call(request);
                async { answer.await.inspect_err(|error| assert_eq!(error.error_response().status(), 403)) }
            }
        ))
        .service(scope("/failed").route("", get().to(me)).wrap_fn(|request, next| {
            let answer = next.call(request);
            async {
                answer
                    .await
                    .and_then(|_| Err::<ServiceResponse, _>(Failure::from(SessionError::Conflict).into()))
            }
        }))
        .wrap_fn(|request, next| {
            let answer = next.call(request);
            async {
                let mut answer = answer.await?;
                let origin = HeaderValue::from_static("https://spa.acme.example");
                answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                Ok(answer)
            }
        })
);

async fn shared(visitor: Visitor) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, s-maxage=600"))
        .insert_header((VARY, "accept-language"))
        .body(home(visitor).await)
}

async fn logo() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=60")).body("logo")
}

async fn token(session: Session) -> Result<String, Failure> {
    Ok(session.access_token().await?.expose().to_owned())
}

async fn answer(path: &str) -> Answer {
    let world = World::new(SHAPE).await;
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
async fn d22_an_error_of_middleware_is_not_stored() {
    let answer = answer("/refused").await;
    assert_eq!((answer.status, answer.text()), (418, "by middleware"));
    assert_eq!((answer.header("cache-control"), answer.header("vary")), (Some("no-store"), Some("cookie")));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_middleware_has_looked_at_is_still_written() {
    let answer = answer("/watched").await;
    assert_eq!((answer.status, answer.header("cache-control")), (403, Some("no-store")));
    assert!(answer.text().contains("guard.forbidden"), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_middleware_is_answered_as_one_of_a_handler() {
    let answer = answer("/failed").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.conflict"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_the_headers_of_middleware_in_between() {
    let world = World::new(SHAPE).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().go_down();
    let answer = alice.api(&world, "/token").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "refresh.unavailable"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://spa.acme.example"));
    assert_eq!(answer.headers_named("content-type"), ["application/problem+json"]);
    assert_ne!(answer.header("content-length"), Some("0"));
}
