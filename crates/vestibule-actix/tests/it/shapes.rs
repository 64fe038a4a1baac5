use actix_web::{
    dev::Service,
    guard,
    http::{Method, header::COOKIE},
    web::{self, Data, get, resource, scope, to},
};
use scenarios::{Browser, Mount, World};
use vestibule_actix::{Session, wrap};

use crate::shape::{Shape, me, root, shape};

#[tokio::test(start_paused = true)]
async fn a_scope_is_covered() {
    check(shape!(root().service(scope("/area").route("/me", get().to(me))))).await;
}

#[tokio::test(start_paused = true)]
async fn a_scope_in_a_scope_is_covered() {
    let shape = shape!(root().service(scope("/area").service(scope("/me").route("", get().to(me)))));
    check(shape).await;
}

#[tokio::test(start_paused = true)]
async fn a_configured_service_is_covered() {
    check(shape!(root().configure(|config| {
        config.service(resource("/area/me").get(me));
    })))
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_resource_with_guards_is_covered() {
    let shape = shape!(root().service(
        resource("/area/me").guard(guard::Any(guard::Get()).or(guard::Method(Method::HEAD))).route(
            web::route().guard(guard::fn_guard(|request| request.head().uri.query() != Some("x"))).to(me)
        )
    ));
    check(shape).await;
}

#[tokio::test(start_paused = true)]
async fn a_scope_with_middleware_is_covered() {
    let shape = shape!(
        root().service(scope("/area").wrap_fn(|request, next| next.call(request)).route("/me", get().to(me)))
    );
    check(shape).await;
}

#[tokio::test(start_paused = true)]
async fn a_default_service_is_covered_and_takes_no_endpoint() {
    check(shape!(root().default_service(to(me)))).await;
}

#[tokio::test(start_paused = true)]
async fn the_default_service_of_a_scope_takes_no_endpoint() {
    check(shape!(root().service(scope("/auth").default_service(to(me))).route("/area/me", get().to(me))))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_catch_all_route_takes_no_endpoint() {
    check(shape!(root().route("/{all:.*}", to(me)))).await;
}

#[tokio::test(start_paused = true)]
async fn a_route_added_after_wrap_is_covered() {
    check(&Shape(|relying_parties, _| {
        let wrapped = wrap(root(), relying_parties);
        Box::pin(scenarios::Actix::site(wrapped.route("/area/me", get().to(me))))
    }))
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_app_with_data_is_covered() {
    async fn with_data(area: Data<&'static str>, session: Session) -> String {
        format!("{} for you, {}", **area, session.subject())
    }
    check(shape!(root().app_data(Data::new("only")).route("/area/me", get().to(with_data)))).await;
}

/// That `/area/me` is protected, sends the browser back to itself, and that the endpoints answer.
async fn check(shape: &'static dyn Mount) {
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
    let world = World::new(shape!(root().default_service(to(me)))).await;
    for path in
        ["//evil.example", "//evil.example/x?y", "/%2fevil.example", "/%5cevil.example", "/.//evil.example"]
    {
        let challenged = Browser::new("alice").page(&world, path).await;
        assert_eq!((challenged.status, challenged.location()), (303, "/auth/login?return_to=%2F"), "{path}");
    }
}

/// What an outer `wrap` found out does not stand in for what the inner one finds.
#[tokio::test(start_paused = true)]
async fn d26_a_visit_from_outside_is_replaced() {
    let twice = &Shape(|relying_parties, _| {
        let inner = wrap(root().route("/area/me", get().to(me)), relying_parties.clone());
        let without_cookies = inner.wrap_fn(|mut request, next| {
            request.headers_mut().remove(COOKIE);
            next.call(request)
        });
        Box::pin(scenarios::Actix::site(wrap(without_cookies, relying_parties)))
    });
    let world = World::new(twice).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    assert_eq!(alice.page(&world, &callback).await.status, 303, "the outer one has the endpoints");
    assert!(alice.session_cookie(&world).is_some());
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
}

/// What only resembles an endpoint's path is the application's, and covered.
#[tokio::test(start_paused = true)]
async fn no_other_spelling_of_a_path_is_an_endpoint_or_outside_of_the_cover() {
    let world = World::new(shape!(root().default_service(to(me)))).await;
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
