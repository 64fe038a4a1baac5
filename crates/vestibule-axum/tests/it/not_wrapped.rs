use std::rc::Rc;

use async_trait::async_trait;
use axum::{Router, routing::get};
use scenarios::{Axum, Mount, Request, World, mount::Site, trace};
use vestibule_axum::{Api, RelyingParties, wrap};

use crate::shape::{home, me};

/// A router that nobody wrapped.
#[derive(Debug)]
struct Bare;

#[async_trait(?Send)]
impl Mount for Bare {
    async fn start(&self, _: RelyingParties, _: Api) -> Rc<dyn Site> {
        Axum::site(Router::new().route("/", get(home)).route("/me", get(me)))
    }
}

/// A router to which a route was added after it was wrapped.
#[derive(Debug)]
struct TooEarly;

#[async_trait(?Send)]
impl Mount for TooEarly {
    async fn start(&self, relying_parties: RelyingParties, _: Api) -> Rc<dyn Site> {
        let wrapped = wrap(Router::new().route("/", get(home)), relying_parties);
        Axum::site(wrapped.route("/me", get(me)))
    }
}

#[tokio::test(start_paused = true)]
async fn without_wrap_a_handler_fails_closed_and_the_log_says_why() {
    let world = World::new(&Bare).await;
    for path in ["/", "/me"] {
        let answer = world.receive(Request::page(path)).await;
        assert_eq!((answer.status, answer.text()), (500, "the application is not set up correctly"));
        let place = format!("path=\"{path}\"");
        assert_eq!(
            trace::lines_with(&[
                "ERROR",
                "config.not_wrapped",
                "wrap the finished application, last",
                &place
            ])
            .len(),
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_added_after_wrap_fails_closed() {
    let world = World::new(&TooEarly).await;
    assert_eq!(world.receive(Request::page("/")).await.text(), "hello stranger");
    assert_eq!(world.receive(Request::page("/me")).await.status, 500);
    assert_eq!(trace::lines_with(&["ERROR", "config.not_wrapped"]).len(), 1);
}
