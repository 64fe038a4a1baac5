use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use scenarios::{Browser, World};

use vestibule_axum::Session;

use crate::shape::{Shape, home, me};

#[tokio::test(start_paused = true)]
async fn a_merged_router_is_covered() {
    check(&Shape(|| root().merge(Router::new().route("/area/me", get(me))))).await;
}

#[tokio::test(start_paused = true)]
async fn a_nested_router_is_covered() {
    check(&Shape(|| root().nest("/area", Router::new().route("/me", get(me))))).await;
}

#[tokio::test(start_paused = true)]
async fn a_router_nested_in_a_nested_one_is_covered() {
    check(&Shape(|| {
        let inner = Router::new().route("/", get(me));
        root().nest("/area", Router::new().nest("/me", inner))
    }))
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_route_layer_leaves_the_endpoints_alone() {
    check(&Shape(|| root().route("/area/me", get(me)).route_layer(from_fn(pass)))).await;
}

#[tokio::test(start_paused = true)]
async fn a_route_added_after_the_layers_is_covered() {
    check(&Shape(|| root().layer(from_fn(pass)).route("/area/me", get(me)))).await;
}

#[tokio::test(start_paused = true)]
async fn a_fallback_is_covered_and_takes_no_endpoint() {
    check(&Shape(|| root().fallback(me))).await;
}

#[tokio::test(start_paused = true)]
async fn a_router_with_state_is_covered() {
    async fn with_state(State(area): State<&'static str>, session: Session) -> String {
        format!("{area} for you, {}", session.subject())
    }
    check(&Shape(|| root().merge(Router::new().route("/area/me", get(with_state)).with_state("only")))).await;
}

fn root() -> Router {
    Router::new().route("/", get(home))
}

async fn pass(request: Request, next: Next) -> Response {
    next.run(request).await
}

/// That `/area/me` is protected, sends the browser back to itself, and that the endpoints answer.
async fn check(shape: &'static Shape) {
    let world = World::new(shape).await;
    let alice = Browser::new("alice");

    let challenged = alice.page(&world, "/area/me?tab=2").await;
    assert_eq!(
        (challenged.status, challenged.location()),
        (303, "/auth/login?return_to=%2Farea%2Fme%3Ftab%3D2")
    );
    assert_eq!(challenged.header("cache-control"), Some("no-store"));
    let anonymous = alice.api(&world, "/area/me").await;
    assert_eq!((anonymous.status, anonymous.code().as_str()), (401, "auth.required"));

    let back = alice.open(&world, "/area/me?tab=2").await;
    assert_eq!((back.status, back.text()), (200, "only for you, alice"));
    assert_eq!(back.header("cache-control"), Some("no-store"));
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");

    let gone = alice.page(&world, "/auth/logged-out").await;
    assert!(gone.text().contains("You are signed out"), "{gone:?}");
    assert_eq!(alice.page(&world, "/auth/logout").await.status, 405);
}
