//! Row E23: telling the provider that a token is no longer needed.

use http::{Method, Response, StatusCode};
use serde_json::json;
use vestibule::{
    AccessToken, Disposition, RefreshToken, RevocableToken,
    testing::json_response,
    transport::{TransportError, TransportErrorKind},
};

use crate::support::{World, html, redirect, retry_later, verdict, without};

async fn revoke(world: &World) -> Result<(), vestibule::Error> {
    world.provider.metadata().await.unwrap();
    world.op.take();
    world.client.revoke(RevocableToken::Refresh(&RefreshToken::new("rt-1"))).await
}

#[tokio::test]
async fn e23_the_token_and_its_kind_are_sent() {
    let world = World::new();
    world.op.respond("/revoke", Response::default());
    revoke(&world).await.unwrap();
    world.client.revoke(RevocableToken::Access(&AccessToken::new("at 1"))).await.unwrap();
    let sent = world.op.take();
    let form: Vec<_> = sent
        .iter()
        .map(|sent| {
            (sent.method.clone(), sent.field("token").unwrap(), sent.field("token_type_hint").unwrap())
        })
        .collect();
    assert_eq!(
        form,
        [
            (Method::POST, "rt-1".to_owned(), "refresh_token".to_owned()),
            (Method::POST, "at 1".to_owned(), "access_token".to_owned()),
        ]
    );
}

#[tokio::test]
async fn e23_done_is_done_whatever_the_body_says() {
    for status in [200, 204] {
        let world = World::new();
        let mut response = html(200);
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        world.op.respond("/revoke", response);
        revoke(&world).await.unwrap();
        assert_eq!(world.op.heard(), ["/revoke"]);
    }
}

#[tokio::test]
async fn e23_a_kind_of_token_that_cannot_be_revoked_is_no_error() {
    let world = World::new();
    world.op.respond("/revoke", json_response(400, &json!({ "error": "unsupported_token_type" })));
    revoke(&world).await.unwrap();
}

#[tokio::test]
async fn e23_a_busy_provider_may_be_asked_later() {
    for status in [429, 500, 503] {
        let world = World::new();
        world.op.respond("/revoke", retry_later(status, "9"));
        let error = revoke(&world).await.unwrap_err();
        assert_eq!(error.retry_after().unwrap().pause().as_secs(), 9);
        assert_eq!(verdict::<(), _>(Err(error)), ("http.unavailable", Disposition::Retry));
        assert_eq!(world.op.heard(), ["/revoke"], "once");
    }
}

#[tokio::test]
async fn e23_no_answer_may_be_asked_later() {
    let world = World::new();
    world.op.answer("/revoke", |_| Err(TransportError::new(TransportErrorKind::TimedOut, true)));
    assert_eq!(verdict(revoke(&world).await), ("http.timeout", Disposition::Retry));
    assert_eq!(world.op.heard(), ["/revoke"]);
}

#[tokio::test]
async fn e23_refusals_are_told() {
    for answer in [
        json_response(400, &json!({ "error": "invalid_request" })),
        json_response(401, &json!({ "error": "invalid_client" })),
        html(404),
    ] {
        let world = World::new();
        world.op.respond("/revoke", answer);
        assert_eq!(verdict(revoke(&world).await), ("revocation.refused", Disposition::Reject));
    }
    let world = World::new();
    world.op.respond("/revoke", redirect(307));
    assert_eq!(verdict(revoke(&world).await), ("http.redirect", Disposition::Config));
}

#[tokio::test]
async fn e23_without_an_endpoint_there_is_nothing_to_do() {
    let world = World::new();
    world.publish(&without(world.metadata(), "revocation_endpoint"));
    revoke(&world).await.unwrap();
    assert!(world.op.heard().is_empty());
}
