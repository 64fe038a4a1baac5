//! G01–G05, G08, G09, G11, G12, B25: which tokens are let in.

use scenarios::{
    API, Mount, World, on_every_mount,
    provider::{Call, fault},
};
use serde_json::{Value, json};
use vestibule::AccessTokenPolicy;
use vestibule_web::Api;

use crate::support::{challenge, refused, warm, with_token};

on_every_mount! {
    a_good_token_is_let_in
    b25_g01_other_kinds_of_token_are_refused
    g02_g03_g04_g12_spoilt_tokens_are_refused
    g01_a_provider_without_typ_needs_the_policy_that_says_so
    g08_g09_bound_tokens_are_refused
    g11_services_are_told_from_users
    g11_a_service_is_refused_where_only_users_may_call
    h05_without_keys_nobody_is_let_in
}

async fn a_good_token_is_let_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let token = world.provider().access_token(API, |_| ());
    for path in ["/orders", "/caller"] {
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
            let request = scenarios::Request::api(path).header("authorization", format!("{scheme} {token}"));
            let answer = world.receive(request).await;
            assert_eq!((answer.status, answer.text()), (200, "orders for the user alice by dashboard"));
        }
    }
    assert_eq!(world.calls().keys, 1);
    world
}

async fn b25_g01_other_kinds_of_token_are_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let provider = world.provider();
    for token in [
        provider.logout_token("dashboard", |_| ()),
        provider.logout_token(API, |_| ()),
        provider.access_token_typed("JWT", API, |_| ()),
        provider.access_token_typed("logout+jwt", API, |_| ()),
        provider.access_token_typed("dpop+jwt", API, |_| ()),
    ] {
        let answer = refused(&world, with_token(&token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "rs.wrong_type"));
        assert!(challenge(&answer).starts_with("Bearer error=\"invalid_token\", "));
    }
    world
}

async fn g02_g03_g04_g12_spoilt_tokens_are_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    let spoilt = |claim: &'static str, value: Value| {
        world.provider().access_token(API, |claims| claims[claim] = value)
    };
    let good = spoilt("scope", json!("x"));
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    for (token, code) in [
        (spoilt("iss", json!("https://evil.example")), "rs.issuer"),
        (spoilt("iss", json!("https://acme.example/")), "rs.issuer"),
        (spoilt("aud", json!("dashboard")), "rs.audience"),
        (spoilt("aud", json!("https://api.acme.example.evil")), "rs.audience"),
        (spoilt("exp", json!(1)), "rs.claims"),
        (spoilt("exp", json!("soon")), "rs.claims"),
        (spoilt("sub", Value::Null), "rs.claims"),
        (spoilt("client_id", json!("")), "rs.claims"),
        (spoilt("jti", json!(7)), "rs.claims"),
        (format!("{unsigned}.AAAA"), "jwt.bad_signature"),
        (format!("{unsigned}."), "jwt.alg_none"),
        (unsigned.to_owned(), "jwt.malformed"),
        ("opaque".to_owned(), "jwt.malformed"),
    ] {
        let answer = refused(&world, with_token(&token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, code));
        assert!(challenge(&answer).starts_with("Bearer error=\"invalid_token\", "));
        assert!(!format!("{answer:?}").contains(&token));
    }
    world
}

async fn g01_a_provider_without_typ_needs_the_policy_that_says_so(mount: &'static dyn Mount) -> World {
    let world = World::with_api(mount, |provider, _| {
        let resource_server = provider.resource_server(API).audiences(["dashboard"]);
        let resource_server = resource_server.policy(AccessTokenPolicy::untyped()).build().unwrap();
        Api::builder(resource_server, API).build().unwrap()
    })
    .await;
    let untyped = |audience: &str| world.provider().access_token_typed("JWT", audience, |_| ());
    for audience in [API, "dashboard"] {
        assert_eq!(world.receive(with_token(&untyped(audience))).await.status, 200);
    }
    assert_eq!(refused(&world, with_token(&untyped("docs"))).await.code(), "rs.audience");
    let id_token = world.provider().access_token_typed("JWT", "dashboard", |claims| {
        claims["nonce"] = json!("n");
        claims["at_hash"] = json!("h");
    });
    for token in [id_token, world.provider().logout_token("dashboard", |_| ())] {
        assert_eq!(refused(&world, with_token(&token)).await.code(), "rs.wrong_type");
    }
    world
}

async fn g08_g09_bound_tokens_are_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    warm(&world).await;
    for (cnf, code) in [(json!({ "jkt": "x" }), "rs.dpop"), (json!({ "x5t#S256": "x" }), "rs.cnf")] {
        let token = world.provider().access_token(API, |claims| claims["cnf"] = cnf);
        let answer = refused(&world, with_token(&token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, code));
    }
    world
}

async fn g11_services_are_told_from_users(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let token = world.provider().access_token(API, |claims| claims["sub"] = json!("dashboard"));
    let answer = world.receive(with_token(&token)).await;
    assert_eq!(answer.text(), "orders for the service dashboard by dashboard");
    world
}

async fn g11_a_service_is_refused_where_only_users_may_call(mount: &'static dyn Mount) -> World {
    let world = World::with_api(mount, |provider, _| {
        let resource_server = provider.resource_server(API).build().unwrap();
        Api::builder(resource_server, API).users_only().build().unwrap()
    })
    .await;
    warm(&world).await;
    let token = world.provider().access_token(API, |claims| claims["sub"] = json!("dashboard"));
    let answer = refused(&world, with_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "rs.subject_kind"));
    assert!(challenge(&answer).starts_with("Bearer error=\"insufficient_scope\", "));
    world
}

async fn h05_without_keys_nobody_is_let_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().fault(Call::Keys, || fault::unavailable(9));
    let token = world.provider().access_token(API, |_| ());
    let answer = world.receive(with_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "jwks.unavailable"));
    assert_eq!((answer.header("retry-after"), answer.header("www-authenticate")), (Some("5"), None));
    world.provider().repair(Call::Keys);
    world.advance(std::time::Duration::from_secs(60));
    assert_eq!(world.receive(with_token(&token)).await.status, 200);
    world
}
