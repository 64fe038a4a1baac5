use scenarios::{API, Call, DASHBOARD, Mount, Request, World, meter, on_every_mount, provider::fault, trace};
use vestibule::{ClientSecret, Introspection, Provider};
use vestibule_web::{Api, RelyingParty};

on_every_mount! {
    access_tokens_are_counted_by_what_they_came_to
    tokens_that_cannot_be_checked_are_told_from_refused_ones
    introspections_are_counted_by_what_the_provider_said
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

async fn introspections_are_counted_by_what_the_provider_said(mount: &'static dyn Mount) -> World {
    let world = World::with_api(mount, an_api_that_asks).await;
    let provider = world.provider();
    let (known, foreign) = (provider.opaque_token(API), provider.opaque_token("https://elsewhere.example"));
    for (token, status) in [(known.as_str(), 200), (&known, 200), (&foreign, 401), ("canary-of-a-token", 401)]
    {
        assert_eq!(world.receive(with_token(token)).await.status, status);
    }
    assert_eq!(world.calls().introspection, 3, "one is remembered");
    provider.fault(Call::Introspection, fault::unreachable);
    assert_eq!(world.receive(with_token("canary-of-another")).await.status, 503);
    provider.fault(Call::Introspection, || fault::oauth_error("invalid_client"));
    assert_eq!(world.receive(with_token("canary-of-a-third")).await.status, 503);
    assert_eq!(
        meter::lines("vestibule_introspections"),
        [
            "vestibule_introspections_total{code=ok} 1",
            "vestibule_introspections_total{code=rs.audience} 1",
            "vestibule_introspections_total{code=rs.inactive} 1",
            "vestibule_introspections_total{code=rs.unavailable} 2",
        ]
    );
    assert_eq!(trace::lines_with(&["DEBUG", "access_token.introspected"]).len(), 5);
    assert_eq!(trace::lines_with(&["canary-of"]), [""; 0]);
    world
}

/// An API that asks the provider about tokens that are no JWT.
fn an_api_that_asks(provider: &Provider, _: &RelyingParty) -> Api {
    let secret = ClientSecret::new(format!("canary-secret-of-{DASHBOARD}"));
    let introspection = Introspection::by(&provider.web_app(DASHBOARD, secret));
    let orders = provider.resource_server(API).introspection(introspection).build().unwrap();
    Api::builder(orders, API).build().unwrap()
}
