use std::rc::Rc;

use async_trait::async_trait;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::{Next, from_fn, map_request},
    response::Response,
    routing::get,
};
use scenarios::{Axum, Browser, Mount, World, mount::Site};
use vestibule_axum::{Api, RelyingParties, Session, wrap};
use vestibule_web::http::RequestHead;

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

/// Whatever path a request has, the place to come back to is on our own origin.
#[tokio::test(start_paused = true)]
async fn c18_a_strange_path_becomes_no_place() {
    static SHAPE: Shape = Shape(|| root().fallback(me));
    let world = World::new(&SHAPE).await;
    for path in
        ["//evil.example", "//evil.example/x?y", "/%2fevil.example", "/%5cevil.example", "/.//evil.example"]
    {
        let challenged = Browser::new("alice").page(&world, path).await;
        assert_eq!((challenged.status, challenged.location()), (303, "/auth/login?return_to=%2F"), "{path}");
    }
}

/// A visit that something in front has put into the request does not stand in for the one of `wrap`.
#[tokio::test(start_paused = true)]
async fn d26_a_planted_visit_is_replaced() {
    #[derive(Debug)]
    struct Planted;

    #[async_trait(?Send)]
    impl Mount for Planted {
        async fn start(&self, relying_parties: RelyingParties, _: Api) -> Rc<dyn Site> {
            let of_alice = relying_parties.clone();
            let plant = map_request(move |mut request: Request| {
                if let Some(cookie) = request.headers_mut().remove("x-planted") {
                    let headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
                    let head = RequestHead::from_parts("GET", "/", None, &headers);
                    let visit = of_alice.visit(&head);
                    request.extensions_mut().insert(visit);
                }
                std::future::ready(request)
            });
            Axum::site(wrap(root().route("/area/me", get(me)), relying_parties).layer(plant))
        }
    }

    let world = World::new(&Planted).await;
    let alice = world.login("alice").await;
    let planted = scenarios::Request::page("/").header("x-planted", alice.cookie_header(&world));
    assert_eq!(world.receive(planted).await.text(), "hello stranger");
}

/// axum takes dots and broken escapes for any other segment: what lies below a path stays below it.
#[tokio::test(start_paused = true)]
async fn a_path_with_dots_leads_no_other_user_below_a_protected_path() {
    static SHAPE: Shape = Shape(|| root().route("/area/{*rest}", get(me)));
    let world = World::new(&SHAPE).await;
    let both = |acme, globex| RelyingParties::builder(acme).at("/area", globex).build().unwrap();
    let (acme, globex) = world.two_providers(both).await;
    let alice = Browser::new("alice");
    alice.log_in(&acme).await;
    for path in ["/area/me", "/area/../me", "/area/%2e%2e/me", "/area/x/../../me", "/area/%ff"] {
        assert_eq!(alice.api(&acme, path).await.code(), "auth.required", "{path}");
    }
    let bob = Browser::new("bob");
    assert_eq!(bob.open(&globex, "/area/me").await.text(), "only for you, bob");
}

/// What only resembles an endpoint's path is the application's, and covered.
#[tokio::test(start_paused = true)]
async fn no_other_spelling_of_a_path_is_an_endpoint_or_outside_of_the_cover() {
    let world = World::new(&Shape(|| root().fallback(me))).await;
    let alice = world.login("alice").await;
    for path in [
        "/auth/%6cogin",
        "//auth/login",
        "/auth/login/",
        "/auth//login",
        "/AUTH/login",
        "/auth/./login",
        "/auth",
    ] {
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.text()), (200, "only for you, alice"), "{path}");
        assert_eq!(Browser::new("bob").api(&world, path).await.code(), "auth.required", "{path}");
    }
    let answer = world.receive(scenarios::Request::new("OPTIONS", "*")).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
}
