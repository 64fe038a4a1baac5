//! Rows D17 to D20 at the client: what each way of failing at a refresh means for the session.

use serde_json::json;
use vestibule::{
    Diagnose, Disposition, Identity, Login, RefreshError, RefreshFailure, RefreshToken, Refreshed,
    testing::json_response,
    transport::{TransportError, TransportErrorKind},
};

use crate::support::{
    NO_ANSWER, UNUSABLE_TOKEN_ANSWERS, World, html, raw, redirect, retry_later, token_answer, unreachable,
    verdict, with,
};

async fn refresh(world: &World, login: &Login) -> Result<Refreshed, RefreshError> {
    let refresh_token = login.tokens.refresh_token.as_ref().unwrap();
    world.client.refresh(refresh_token, login.id_token.identity()).await
}

/// How a refresh fails that is answered like this. The refresh token goes out once.
async fn judge(answer: http::Response<bytes::Bytes>) -> RefreshError {
    let world = World::new();
    let login = world.log_in().await;
    world.op.respond("/token", answer);
    let error = refresh(&world, &login).await.unwrap_err();
    assert_eq!(world.op.heard(), ["/token"]);
    error
}

fn is_outage(error: &RefreshError) -> bool {
    (error.code(), error.disposition()) == ("refresh.unavailable", Disposition::Retry)
}

#[tokio::test]
async fn a_refresh_sends_the_token_and_brings_new_ones() {
    let world = World::new();
    let login = world.log_in().await;
    let answer = json!({ "access_token": "at-2", "token_type": "bEARER", "refresh_token": "r:%+ 2" });
    world.op.respond("/token", json_response(200, &answer));
    let refreshed = refresh(&world, &login).await.unwrap();
    assert_eq!(refreshed.tokens.access_token.expose(), "at-2");
    assert_eq!(refreshed.tokens.refresh_token.unwrap().expose(), "r:%+ 2");
    assert_eq!((refreshed.tokens.expires_at, refreshed.id_token.is_none()), (None, true));

    let sent = world.op.take().remove(0);
    assert_eq!(sent.field("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(sent.field("refresh_token").as_deref(), Some("rt-1"));
    assert_eq!(sent.field("scope"), None, "a refresh never widens anything");
}

#[tokio::test]
async fn d17_only_invalid_grant_ends_the_session() {
    for status in [400, 401, 403] {
        let error = judge(json_response(status, &json!({ "error": "invalid_grant" }))).await;
        assert_eq!((error.code(), error.disposition()), ("refresh.revoked", Disposition::Gone));
        assert!(!error.maybe_spent());
    }
}

#[tokio::test]
async fn d18_outages_end_nothing() {
    for answer in [html(500), html(502), html(503), html(504), html(429)] {
        let status = answer.status();
        assert!(is_outage(&judge(answer).await), "{status}");
    }
    for error in ["server_error", "temporarily_unavailable", "slow_down"] {
        assert!(is_outage(&judge(json_response(400, &json!({ "error": error }))).await), "{error}");
    }
    for status in [500, 503] {
        let refusal = json!({ "error": "invalid_grant" });
        assert!(is_outage(&judge(json_response(status, &refusal)).await), "{status} proves nothing");
    }
}

#[tokio::test]
async fn d18_unusable_answers_end_nothing() {
    for (name, body) in UNUSABLE_TOKEN_ANSWERS {
        let error = judge(raw(200, "application/json", body)).await;
        assert!(is_outage(&error), "{name}: {error:?}");
        assert!(error.maybe_spent(), "{name}: the provider may have rotated");
    }
    for answer in [html(404), html(400), json_response(400, &json!({})), html(204)] {
        let status = answer.status();
        assert!(is_outage(&judge(answer).await), "{status}");
    }
}

#[tokio::test]
async fn d18_a_pause_that_was_asked_for_is_told() {
    for (status, header, pause) in [(503, "17", Some(17)), (429, "999999", Some(60)), (500, "never", None)] {
        let error = judge(retry_later(status, header)).await;
        assert!(is_outage(&error));
        assert_eq!(error.retry_after().map(|retry| retry.pause().as_secs()), pause);
        assert!(!error.maybe_spent());
    }
}

#[tokio::test]
async fn d19_a_refused_client_is_an_alarm_and_no_logout() {
    for refused in [
        "invalid_client",
        "unauthorized_client",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_request",
        "x_vendor_specific",
        "",
    ] {
        let error = judge(json_response(400, &json!({ "error": refused }))).await;
        assert_eq!(
            (error.code(), error.disposition()),
            ("refresh.client_error", Disposition::Config),
            "{refused}"
        );
        assert!(!error.maybe_spent());
    }
}

#[tokio::test]
async fn d20_a_lost_answer_may_have_spent_the_token() {
    for kind in NO_ANSWER {
        let world = World::new();
        let login = world.log_in().await;
        world.op.answer("/token", move |_| Err(TransportError::new(kind, true)));
        let error = refresh(&world, &login).await.unwrap_err();
        assert!(is_outage(&error), "{kind}");
        assert!(error.maybe_spent(), "{kind}");
        assert!(matches!(error, RefreshError::Unavailable(RefreshFailure::OutcomeUnknown(_))));
        assert_eq!(world.op.heard(), ["/token"], "the client itself never repeats");
    }
}

#[tokio::test]
async fn d20_what_never_left_has_spent_nothing() {
    let world = World::new();
    let login = world.log_in().await;
    world.op.answer("/token", |_| Err(unreachable(false)));
    let error = refresh(&world, &login).await.unwrap_err();
    assert!(is_outage(&error));
    assert!(!error.maybe_spent());
    assert_eq!(world.op.heard(), ["/token"]);
}

#[tokio::test]
async fn e02_e04_an_answer_that_is_not_read_ends_nothing() {
    for status in [301, 302, 303, 307, 308] {
        let error = judge(redirect(status)).await;
        assert!(is_outage(&error) && error.maybe_spent(), "{status}");
    }
    let error = judge(raw(200, "application/json", vec![b' '; 256 * 1024 + 1])).await;
    assert!(is_outage(&error) && error.maybe_spent());
}

#[tokio::test]
async fn h03_a_provider_that_cannot_be_reached_at_all_ends_nothing() {
    let login = World::new().log_in().await;
    let cold = World::new();
    cold.op.answer("/.well-known/openid-configuration", |_| {
        Err(TransportError::new(TransportErrorKind::TimedOut, true))
    });
    let error = refresh(&cold, &login).await.unwrap_err();
    assert!(is_outage(&error));
    assert!(!error.maybe_spent(), "the refresh token stayed here");
    assert_eq!(cold.op.heard(), ["/.well-known/openid-configuration"]);
}

#[tokio::test]
async fn without_a_common_way_to_authenticate_nothing_is_sent() {
    let login = World::new().log_in().await;
    let world =
        World::with_metadata(&[("token_endpoint_auth_methods_supported", json!(["private_key_jwt"]))]);
    world.provider.ready().await.unwrap();
    world.op.take();
    let error = refresh(&world, &login).await.unwrap_err();
    assert!(is_outage(&error) && !error.maybe_spent());
    assert!(world.op.heard().is_empty());
}

/// The configured issuer was changed, and the store still has sessions of the former one.
#[tokio::test]
async fn a_refresh_token_goes_to_no_other_provider_than_its_own() {
    let world = World::new();
    let login = world.log_in().await;
    let identity = serde_json::to_value(login.id_token.identity()).unwrap();
    let foreign: Identity =
        serde_json::from_value(with(identity, "issuer", "https://former.example")).unwrap();
    let refused = world.client.refresh(&RefreshToken::new("rt-1"), &foreign).await;
    assert!(matches!(
        &refused,
        Err(RefreshError::Unavailable(RefreshFailure::NotSent(error))) if error.code() == "config.foreign_session"
    ));
    assert_eq!(verdict(refused), ("refresh.unavailable", Disposition::Retry));
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn an_absent_refresh_token_keeps_the_old_one_in_use() {
    let world = World::new();
    let login = world.log_in().await;
    let answer = json!({ "access_token": "at-2", "token_type": "Bearer" });
    world.op.respond("/token", json_response(200, &answer));
    assert!(refresh(&world, &login).await.unwrap().tokens.refresh_token.is_none());
    world.op.respond("/token", token_answer(None));
    assert!(refresh(&world, &login).await.unwrap().tokens.refresh_token.is_some());
}
