//! actix turns the error of an extractor inside an `Option` into `None`.

use actix_web::{HttpResponse, Responder, web::get};
use scenarios::{Answer, Browser, World};
use vestibule_actix::{CheckedForm, Session, Visitor};

use crate::shape::{Shape, root, shape};

static SHAPE: &Shape = shape!(
    root()
        .route("/session", get().to(async |session: Option<Session>| greet(session)))
        .route("/visitor", get().to(async |visitor: Option<Visitor>| greet(session_of(visitor))))
        .route("/result", get().to(async |session: actix_web::Result<Session>| greet(session.ok())))
        .route("/form", get().to(async |form: Option<CheckedForm<()>>| greet(form.map(|form| form.session))))
);

fn greet(session: Option<Session>) -> impl Responder {
    let name = session.as_ref().map_or("stranger", |session| session.subject());
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

fn assert_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("vary"), Some("cookie"));
}
