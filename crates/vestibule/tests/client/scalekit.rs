//! The sessions of Scalekit's users.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, header};
use serde_json::{Value, json};
use vestibule::{
    ClientSecret, Diagnose, Disposition,
    scalekit::{Environment, SessionId, Sessions, UserId},
    testing::json_response,
};

use crate::support::{Op, SECRET, World, html, redirect, retry_later, verdict};

const SESSION: &str = "/api/v1/sessions/ses_1";
const REVOKE: &str = "/api/v1/sessions/ses_1/revoke";
const LIST: &str = "/api/v1/users/usr_1/sessions";

async fn world() -> (World, Sessions) {
    let world = World::new();
    let issued = AtomicUsize::new(1);
    world.op.answer("/token", move |_| {
        let number = issued.fetch_add(1, Ordering::Relaxed);
        let answer =
            json!({ "access_token": format!("at-{number}"), "token_type": "Bearer", "expires_in": 86399 });
        Ok(json_response(200, &answer))
    });
    let sessions = Environment::of(world.provider.clone()).sessions("skc_1", ClientSecret::new(SECRET));
    (world, sessions)
}

fn session(id: &str, user: &str) -> Value {
    json!({
        "session_id": id, "user_id": user, "status": "ACTIVE", "organization_id": "org_1",
        "authenticated_clients": [{ "client_id": "skc_1", "organization_id": "org_1" }],
        "created_at": "2026-11-23T10:00:00Z", "device": { "browser": "Firefox", "location": { "city": "Bern" } },
        "unknown": [1],
    })
}

fn user() -> UserId {
    UserId::new("usr_1").unwrap()
}

fn id() -> SessionId {
    SessionId::new("ses_1").unwrap()
}

/// The paths of the API that were called since this was asked last.
fn called(op: &Op) -> Vec<String> {
    op.heard().into_iter().filter(|path| path.starts_with("/api/")).collect()
}

#[tokio::test]
async fn a_session_is_read_with_the_applications_own_token() {
    let (world, sessions) = world().await;
    world.op.respond(SESSION, json_response(200, &session("ses_1", "usr_1")));
    let found = sessions.get(&id()).await.unwrap();
    assert!(found.is_active());
    assert_eq!((&*found.user_id, &*found.authenticated_clients[0].client_id), ("usr_1", "skc_1"));
    assert_eq!(found.device.unwrap().browser, "Firefox");
    let sent = world.op.take();
    let token = sent.iter().find(|sent| sent.path == "/token").unwrap();
    assert_eq!(token.field("grant_type").as_deref(), Some("client_credentials"));
    assert_eq!((token.field("client_secret").as_deref(), token.field("scope")), (Some(SECRET), None));
    assert_eq!(token.header(header::AUTHORIZATION), None);
    let call = sent.last().unwrap();
    assert_eq!((&call.method, call.header(header::AUTHORIZATION)), (&Method::GET, Some("Bearer at-1")));
}

#[tokio::test]
async fn all_pages_of_a_users_sessions_are_read() {
    let (world, sessions) = world().await;
    world.op.answer(LIST, |sent| {
        Ok(match sent.query.as_deref() {
            None => json_response(
                200,
                &json!({ "sessions": [session("ses_1", "usr_1")], "next_page_token": "a&b=c" }),
            ),
            Some("page_token=a%26b%3Dc") => {
                json_response(200, &json!({ "sessions": [session("ses_2", "usr_1")] }))
            }
            Some(_) => html(400),
        })
    });
    let ids: Vec<_> =
        sessions.all(&user()).await.unwrap().into_iter().map(|found| found.session_id).collect();
    assert_eq!(ids, ["ses_1", "ses_2"]);
    world.op.respond(LIST, json_response(200, &json!({ "next_page_token": "again" })));
    called(&world.op);
    assert_eq!(verdict(sessions.all(&user()).await).0, "scalekit.invalid_response");
    assert_eq!(called(&world.op).len(), 100, "a list without end ends");
}

#[tokio::test]
async fn sessions_are_revoked_one_by_one_or_all_at_once() {
    let (world, sessions) = world().await;
    world.op.respond(REVOKE, json_response(200, &json!({ "revoked_session": { "session_id": "ses_1" } })));
    sessions.revoke(&id()).await.unwrap();
    let sent = world.op.take().pop().unwrap();
    assert_eq!((sent.method, &*sent.body), (Method::POST, &b"{}"[..]));
    world
        .op
        .respond("/api/v1/users/usr_1/sessions/revoke", json_response(200, &json!({ "total_revoked": 3 })));
    assert_eq!(sessions.revoke_all(&user()).await.unwrap(), 3);
    world.op.respond(REVOKE, json_response(200, &json!({ "revoked_session": { "session_id": "ses_2" } })));
    assert_eq!(verdict(sessions.revoke(&id()).await).0, "scalekit.invalid_response");
}

#[tokio::test]
async fn a_user_revokes_no_other_users_session() {
    let (world, sessions) = world().await;
    world.op.respond(REVOKE, json_response(200, &json!({ "revoked_session": { "session_id": "ses_1" } })));
    for answer in [
        json_response(200, &session("ses_1", "usr_2")),
        json_response(200, &session("ses_2", "usr_1")),
        json_response(404, &json!({})),
    ] {
        world.op.respond(SESSION, answer);
        let refused = sessions.revoke_of(&user(), &id()).await;
        assert_eq!(verdict(refused), ("scalekit.not_the_users", Disposition::Reject));
        assert_eq!(called(&world.op), [SESSION]);
    }
    world.op.respond(SESSION, html(503));
    assert_eq!(verdict(sessions.revoke_of(&user(), &id()).await).0, "scalekit.unavailable");
    assert_eq!(called(&world.op), [SESSION]);
    world.op.respond(SESSION, json_response(200, &session("ses_1", "usr_1")));
    sessions.revoke_of(&user(), &id()).await.unwrap();
    assert_eq!(called(&world.op), [SESSION, REVOKE]);
}

#[test]
fn ids_cannot_change_a_calls_path() {
    for id in [
        "",
        "ses_",
        "ses_1/revoke",
        "ses_1?x",
        "ses_-1",
        "usr_1",
        "SES_1",
        " ses_1",
        "ses_1\n",
        "ses_٣",
        "ses_../1",
    ] {
        assert_eq!(SessionId::new(id).unwrap_err().code(), "scalekit.id", "{id}");
    }
    for id in ["", "ses_1", "usr_a", &format!("usr_{}", "1".repeat(33))] {
        assert_eq!(UserId::new(id).unwrap_err().code(), "scalekit.id", "{id}");
    }
    assert_eq!(UserId::new("usr_42").unwrap().to_string(), "usr_42");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let (world, sessions) = world().await;
    world.op.answer(SESSION, |sent| {
        let is_second = sent.header(header::AUTHORIZATION) == Some("Bearer at-2");
        Ok(if is_second { json_response(200, &session("ses_1", "usr_1")) } else { html(401) })
    });
    sessions.get(&id()).await.unwrap();
    assert_eq!(called(&world.op), [SESSION, SESSION]);
    world.op.respond(SESSION, html(401));
    let refused = sessions.get(&id()).await;
    assert_eq!(verdict(refused), ("service.rejected_again", Disposition::Config));
    assert_eq!(called(&world.op), [SESSION]);
    world.clock.advance(std::time::Duration::from_secs(10));
    let refused = sessions.get(&id()).await;
    assert_eq!(verdict(refused), ("scalekit.unauthorized", Disposition::Config));
    assert_eq!(called(&world.op), [SESSION, SESSION]);
}

#[tokio::test]
async fn e22_refusals_outages_and_limits_are_told_apart() {
    let (world, sessions) = world().await;
    world.op.respond(SESSION, retry_later(429, "9"));
    let busy = sessions.get(&id()).await.unwrap_err();
    assert_eq!((busy.code(), busy.disposition()), ("scalekit.unavailable", Disposition::Retry));
    assert_eq!(busy.retry_after().unwrap().pause().as_secs(), 9);
    for (error_code, expected) in [("SESSION_EXPIRED", true), ("<script>", false), ("", false)] {
        let details = json!([{ "@type": "x" }, { "error_code": error_code }]);
        world.op.respond(SESSION, json_response(400, &json!({ "code": 3, "details": details })));
        let refused = sessions.get(&id()).await.unwrap_err();
        assert_eq!((refused.code(), refused.disposition()), ("scalekit.refused", Disposition::Reject));
        assert_eq!(
            format!("{refused:?}").contains(&format!("Some({error_code:?})")),
            expected,
            "{error_code}"
        );
    }
    for response in
        [html(200), json_response(200, &json!([])), json_response(200, &json!({ "session_id": 1 }))]
    {
        world.op.respond(SESSION, response);
        assert_eq!(verdict(sessions.get(&id()).await), ("scalekit.invalid_response", Disposition::Retry));
    }
    world.op.respond(SESSION, redirect(302));
    assert_eq!(verdict(sessions.get(&id()).await).0, "http.redirect");
    called(&world.op);
}

#[tokio::test]
async fn an_environments_web_app_sends_its_secret_in_the_body() {
    let mut world = World::new();
    world.client = Environment::of(world.provider.clone()).web_app("dashboard", ClientSecret::new(SECRET));
    world.log_in_with(|claims| claims).await.unwrap();
    let sent = world.op.take().remove(0);
    assert_eq!(
        (sent.field("client_secret").as_deref(), sent.header(header::AUTHORIZATION)),
        (Some(SECRET), None)
    );
}
