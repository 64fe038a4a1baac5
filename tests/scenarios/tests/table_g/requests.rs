//! G06: where a token may stand in a request.

use scenarios::{API, Mount, Request, World, on_every_mount};

use crate::support::{challenge, refused, warm, with_token};

on_every_mount! {
    g06_requests_that_no_client_should_send
    g06_a_token_in_the_body_is_not_looked_for
    g06_other_schemes_bring_no_token
    g06_the_header_is_bounded
}

async fn g06_requests_that_no_client_should_send(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let token = world.provider().access_token(API, |_| ());
    let orders = |authorization: &[u8]| Request::api("/orders").header("authorization", authorization);
    let good = format!("Bearer {token}");
    for request in [
        with_token(&token).also("authorization", &good),
        with_token(&token).also("authorization", "Basic eDp5"),
        Request::api(&format!("/orders?access_token={token}")),
        Request::api(&format!("/orders?a=b&access%5Ftoken={token}")),
        Request::api(&format!("/orders?access_token={token}")).header("authorization", &good),
        orders(token.as_bytes()),
        orders(b"Bearer"),
        orders(b"Bearer "),
        orders(b"Bearer ="),
        orders(b"Bearer a b"),
        orders(b"Bearer a,b"),
        orders(b"Bearer \"a\""),
        orders("Bearer ä".as_bytes()),
        orders(b"Bearer \xff\xfe"),
        orders(b"Bearer a=b"),
    ] {
        let answer = refused(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "rs.request"), "{answer:?}");
        assert!(challenge(&answer).starts_with("Bearer error=\"invalid_request\", "));
    }
    world
}

async fn g06_a_token_in_the_body_is_not_looked_for(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let token = world.provider().access_token(API, |_| ());
    let request = Request::api("/orders")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("access_token={token}"));
    let answer = refused(&world, request).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
    world
}

async fn g06_other_schemes_bring_no_token(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let token = world.provider().access_token(API, |_| ());
    for scheme in ["Basic", "DPoP", "Bearer:", "Digest"] {
        let request = Request::api("/orders").header("authorization", format!("{scheme} {token}"));
        assert_eq!(refused(&world, request).await.code(), "auth.required", "{scheme}");
    }
    world
}

async fn g06_the_header_is_bounded(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let longest = 8 * 1024 - "Bearer ".len();
    let answer = refused(&world, with_token(&"a".repeat(longest))).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "jwt.malformed"));
    let answer = refused(&world, with_token(&"a".repeat(longest + 1))).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "rs.request"));
    world
}
