use scenarios::{Mount, Request, World, on_every_mount};

on_every_mount! {
    d26_headers_that_name_a_user_count_for_nothing
}

async fn d26_headers_that_name_a_user_count_for_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    let forged = |request: Request| {
        request
            .header("x-user", "alice")
            .header("x-forwarded-user", "alice")
            .header("remote-user", "alice")
            .header("oidc_claim_sub", "alice")
            .header("x-auth-request-email", "alice@acme.example")
            .header("authorization", "Bearer alice")
    };
    assert_eq!(world.receive(forged(Request::page("/"))).await.text(), "hello stranger");
    assert_eq!(world.receive(forged(Request::page("/me"))).await.status, 303);
    assert_eq!(world.receive(forged(Request::api("/api/me"))).await.status, 401);
    world
}
