use scenarios::{API, Call, Mount, Request, World, meter, on_every_mount, provider::fault, trace};

on_every_mount! {
    access_tokens_are_counted_by_what_they_came_to
    tokens_that_cannot_be_checked_are_told_from_refused_ones
}

fn with_token(token: &str) -> Request {
    Request::api("/orders").header("authorization", format!("Bearer {token}"))
}

async fn access_tokens_are_counted_by_what_they_came_to(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let token = world.provider().access_token(API, |_| ());
    // The keys are read with the first one, which is not remembered by them.
    for _ in 0..4 {
        assert_eq!(world.receive(with_token(&token)).await.status, 200);
    }
    let foreign = world.provider().access_token("https://elsewhere.example", |_| ());
    for refused in [&foreign, "canary-of-a-token"] {
        assert_eq!(world.receive(with_token(refused)).await.status, 401);
    }
    assert_eq!(
        meter::lines("vestibule_access"),
        [
            "vestibule_access_tokens_total{outcome=cached,code=ok} 2",
            "vestibule_access_tokens_total{outcome=refused,code=jwt.malformed} 1",
            "vestibule_access_tokens_total{outcome=refused,code=rs.audience} 1",
            "vestibule_access_tokens_total{outcome=verified,code=ok} 2",
        ]
    );
    assert_eq!(trace::lines_with(&["DEBUG", "access_token.judged"]).len(), 4);
    assert_eq!(trace::lines_with(&["canary-of-a-token"]), [""; 0]);
    world
}

async fn tokens_that_cannot_be_checked_are_told_from_refused_ones(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().fault(Call::Keys, fault::unreachable);
    let token = world.provider().access_token(API, |_| ());
    assert_eq!(world.receive(with_token(&token)).await.status, 503);
    assert_eq!(
        meter::lines("vestibule_access"),
        ["vestibule_access_tokens_total{outcome=unavailable,code=jwks.unavailable} 1"]
    );
    assert_eq!(
        meter::lines("vestibule_provider_fetches_total{what=keys"),
        ["vestibule_provider_fetches_total{what=keys,code=jwks.unavailable} 1"]
    );
    assert_eq!(trace::lines_with(&[" WARN ", "provider.fetch_failed", "what=\"keys\""]).len(), 1);
    world
}
