//! actix turns the error of an extractor inside an `Option` into `None`.

use actix_web::{HttpResponse, web::get};
use scenarios::{Answer, Browser, Request, World};
use vestibule_actix::{Bearer, Caller, CheckedForm, Session, Visitor, wrap, wrap_api};

use crate::shape::{Shape, root, shape};

static SHAPE: &Shape = shape!(
    root()
        .route("/session", get().to(async |session: Option<Session>| greet(session.as_ref())))
        .route("/visitor", get().to(async |visitor: Option<Visitor>| greet(session_of(visitor).as_ref())))
        .route("/result", get().to(async |session: actix_web::Result<Session>| greet(session.as_ref().ok())))
        .route(
            "/form",
            get().to(async |form: Option<CheckedForm<()>>| greet(form.as_ref().map(|form| &form.session)))
        )
);

fn greet(session: Option<&Session>) -> HttpResponse {
    let name = session.map_or("stranger", |session| session.subject());
    HttpResponse::Ok().insert_header(("set-cookie", "cart=empty")).body(format!("hello {name}"))
}

fn session_of(visitor: Option<Visitor>) -> Option<Session> {
    match visitor? {
        Visitor::SignedIn(session) => Some(session),
        Visitor::Anonymous => None,
    }
}

#[tokio::test(start_paused = true)]
async fn h07_an_outage_never_looks_anonymous() {
    let world = World::new(SHAPE).await;
    let alice = world.login("alice").await;
    world.store().outage(true);
    for path in ["/session", "/visitor", "/result", "/form"] {
        let answer = alice.api(&world, path).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"), "{path}");
        assert_eq!(answer.set_cookies().len(), 0, "{path}: nothing that the handler said stays");
        assert_private(&answer);
    }
    world.store().outage(false);
    assert_eq!(alice.api(&world, "/session").await.text(), "hello alice");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_anonymous_is_none() {
    let world = World::new(SHAPE).await;
    for path in ["/session", "/visitor", "/result", "/form"] {
        let answer = Browser::new("alice").api(&world, path).await;
        assert_eq!((answer.status, answer.text()), (200, "hello stranger"), "{path}");
        assert_private(&answer);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_never_taken_for_none() {
    let api = &Shape(|relying_parties, api| {
        let app = root()
            .route("/bearer", get().to(async |token: Option<Bearer>| format!("a token: {}", token.is_some())))
            .route(
                "/caller",
                get().to(async |caller: Option<Caller>| format!("a caller: {}", caller.is_some())),
            );
        Box::pin(scenarios::Actix::site(wrap(wrap_api(app, api), relying_parties)))
    });
    let world = World::new(api).await;
    for path in ["/bearer", "/caller"] {
        let answer = world.receive(Request::api(path).header("authorization", "Bearer forged")).await;
        assert_eq!(answer.status, 401, "{path}: {answer:?}");
        assert!(answer.header("www-authenticate").is_some_and(|value| value.contains("invalid_token")));
        assert!(world.receive(Request::api(path)).await.text().ends_with(": false"), "{path}");
    }
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/caller").await.text(), "a caller: true");
    world.store().outage(true);
    assert_eq!(alice.api(&world, "/caller").await.status, 503);
}

fn assert_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("vary"), Some("cookie"));
}
