//! Signing out of one application, and how the others hear of it.

use std::time::Duration;

use serde_json::json;
use vestibule_dev_idp::{DevIdp, EventKind, LogoutCause, LogoutTokenContent, SidMode};

use crate::support::{
    Authorization, Listener, World, application, browser, claims, header, post_logout_redirect_uri,
};

/// A provider whose two applications listen, with patience for `tries` tries.
async fn listening(tries: u32) -> (World, Listener, Listener) {
    let world = World::with(|builder| builder.logout_retry(tries, Duration::ZERO));
    let (dashboard, docs) = (Listener::start().await, Listener::start().await);
    for (client, listener) in [("dashboard", &dashboard), ("docs", &docs)] {
        world.idp.register(application(client).backchannel_logout_uri(&listener.uri)).unwrap();
    }
    (world, dashboard, docs)
}

fn register_bystander(idp: &DevIdp, listener: &Listener) {
    idp.register(application("bystander").backchannel_logout_uri(&listener.uri)).unwrap();
}

#[tokio::test]
async fn signing_out_reaches_everybody_who_took_part() {
    let (world, dashboard, docs) = listening(1).await;
    let bystander = Listener::start().await;
    register_bystander(&world.idp, &bystander);
    let identity = world.tokens("dashboard", "alice").await;
    let hint = world.tokens_by_sso("docs").await;
    let mut events = world.idp.events();

    let uri = post_logout_redirect_uri("docs");
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("id_token_hint", &hint.id_token)
        .append_pair("client_id", "docs")
        .append_pair("post_logout_redirect_uri", &uri)
        .append_pair("state", "after")
        .finish();
    let answer = world.get(&format!("/end_session?{query}")).await;
    assert_eq!(answer.location().as_str(), format!("{uri}?state=after"));

    let (to_dashboard, to_docs) = (dashboard.tokens(), docs.tokens());
    assert_eq!((to_dashboard.len(), to_docs.len(), bystander.tokens().len()), (1, 1, 0));
    assert_eq!(header(&to_dashboard[0])["typ"], "logout+jwt");
    let token = claims(&to_dashboard[0]);
    let identity = claims(&identity.id_token);
    assert_eq!(token["iss"], world.idp.issuer());
    assert_eq!(token["aud"], "dashboard");
    assert_eq!(token["sub"], identity["sub"]);
    assert_eq!(token["sid"], identity["sid"]);
    assert_eq!(token["exp"].as_i64().unwrap(), token["iat"].as_i64().unwrap() + 120);
    assert_eq!(token["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(token.get("nonce").is_none());
    assert_eq!(claims(&to_docs[0])["aud"], "docs");
    assert_ne!(claims(&to_docs[0])["jti"], token["jti"]);

    let happened = events.drain();
    assert_eq!(
        happened[0],
        EventKind::LoggedOut {
            user: "alice".to_owned(),
            by: LogoutCause::Application("docs".to_owned()),
            clients: vec!["dashboard".to_owned(), "docs".to_owned()],
        }
    );
    let delivered =
        |event: &&EventKind| matches!(event, EventKind::LogoutDelivered { status: 200, attempt: 1, .. });
    assert_eq!(happened.iter().filter(delivered).count(), 2);
    assert_eq!(world.authorize(&Authorization::of("dashboard")).await.status, 200, "a login page again");
}

#[tokio::test]
async fn delivery_is_tried_again_with_the_same_token() {
    let (world, dashboard, _docs) = listening(3).await;
    let tokens = world.tokens("dashboard", "alice").await;
    dashboard.answer_next(400);
    dashboard.answer_next(503);
    world.log_out(&tokens).await;
    let sent = dashboard.tokens();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|token| *token == sent[0]));
}

#[tokio::test]
async fn delivery_is_given_up_in_the_end() {
    let (world, dashboard, _docs) = listening(2).await;
    let mut events = world.idp.events();
    let tokens = world.tokens("dashboard", "alice").await;
    for _ in 0..2 {
        dashboard.answer_next(400);
    }
    let answer = world.log_out(&tokens).await;
    assert_eq!(answer.status, 200, "the user is signed out all the same");
    assert_eq!(dashboard.tokens().len(), 2);
    let given_up =
        EventKind::LogoutUndelivered { client: "dashboard".to_owned(), status: Some(400), attempts: 2 };
    assert!(events.drain().contains(&given_up));
}

#[tokio::test]
async fn without_a_hint_the_user_is_asked() {
    let (world, dashboard, _docs) = listening(1).await;
    world.tokens("dashboard", "alice").await;
    let query = "client_id=dashboard";
    let page = world.get(&format!("/end_session?{query}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Sign out?") && page.body.contains("dashboard"));
    assert!(dashboard.tokens().is_empty());
    let done = world.post("/end_session/confirm", &[("request", query), ("confirm", "yes")]).await;
    assert!(done.body.contains("You are signed out"));
    assert_eq!(dashboard.tokens().len(), 1);
}

#[tokio::test]
async fn a_hint_about_somebody_else_asks_too() {
    let (mut world, dashboard, _docs) = listening(1).await;
    let bob = world.tokens("dashboard", "bob").await;
    world.browser = browser();
    world.tokens("dashboard", "alice").await;
    let page = world.log_out(&bob).await;
    assert!(page.body.contains("Sign out?"));
    assert!(dashboard.tokens().is_empty());
}

#[tokio::test]
async fn only_registered_addresses_are_redirected_to() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let refused = [
        format!("id_token_hint={}&post_logout_redirect_uri=http://evil.example/", tokens.id_token),
        format!("id_token_hint={}&client_id=docs", tokens.id_token),
        "id_token_hint=rubbish".to_owned(),
        format!("post_logout_redirect_uri={}", post_logout_redirect_uri("dashboard")),
        "client_id=dashboard&client_id=dashboard".to_owned(),
    ];
    for query in refused {
        let page = world.get(&format!("/end_session?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.header("location").is_none());
    }
    assert_eq!(world.authorize(&Authorization::of("docs")).await.status, 303, "still signed in");
}

#[tokio::test]
async fn an_expired_id_token_is_a_good_hint() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    world.idp.clock().advance(Duration::from_secs(24 * 60 * 60));
    world.idp.roll_keys().unwrap();
    let uri = post_logout_redirect_uri("dashboard");
    let query = format!("id_token_hint={}&post_logout_redirect_uri={uri}", tokens.id_token);
    assert_eq!(world.get(&format!("/end_session?{query}")).await.location().as_str(), uri);
}

#[tokio::test]
async fn an_administrator_ends_sessions() {
    let (mut world, dashboard, docs) = listening(1).await;
    let first = claims(&world.tokens("dashboard", "alice").await.id_token);
    world.browser = browser();
    let second = claims(&world.tokens("docs", "alice").await.id_token);
    assert_ne!(first["sid"], second["sid"]);

    let deliveries = world.idp.end_session(second["sid"].as_str().unwrap()).await;
    assert_eq!((deliveries.len(), deliveries[0].client_id.as_str()), (1, "docs"));
    assert!(deliveries[0].succeeded());
    assert_eq!((dashboard.tokens().len(), docs.tokens().len()), (0, 1));

    let deliveries = world.idp.end_session_of("alice").await;
    assert_eq!(deliveries.iter().map(|one| one.client_id.as_str()).collect::<Vec<_>>(), ["dashboard"]);
    assert!(world.idp.end_session_of("alice").await.is_empty());
}

#[test]
fn deliveries_can_be_waited_for_without_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (world, dashboard, _docs) = runtime.block_on(listening(1));
    runtime.block_on(world.tokens("dashboard", "alice"));
    assert_eq!(world.idp.end_session_of("alice").wait().len(), 1);
    assert_eq!(dashboard.tokens().len(), 1);
}

#[tokio::test]
async fn signing_in_as_somebody_else_ends_the_first_session() {
    let (world, dashboard, _docs) = listening(1).await;
    let alice = world.tokens("dashboard", "alice").await;
    let mut events = world.idp.events();
    world.tokens("docs", "bob").await;
    loop {
        if let EventKind::LogoutDelivered { client, .. } = events.next().await.unwrap().kind {
            assert_eq!(client, "dashboard");
            break;
        }
    }
    assert_eq!(claims(&dashboard.tokens()[0])["sub"], claims(&alice.id_token)["sub"]);
}

#[tokio::test]
async fn logout_tokens_name_whom_they_are_told_to() {
    let (world, dashboard, _docs) = listening(1).await;
    let named = [
        (LogoutTokenContent::Sid, SidMode::Shared, (false, true)),
        (LogoutTokenContent::Sub, SidMode::Shared, (true, false)),
        (LogoutTokenContent::SidAndSub, SidMode::Shared, (true, true)),
        (LogoutTokenContent::SidAndSub, SidMode::Absent, (true, false)),
        (LogoutTokenContent::Sid, SidMode::Absent, (true, false)),
    ];
    for (content, mode, expected) in named {
        world.idp.set_logout_token_content(content);
        world.idp.set_sid_mode(mode);
        let tokens = world.tokens("dashboard", "alice").await;
        assert_eq!(claims(&tokens.id_token).get("sid").is_some(), mode != SidMode::Absent);
        world.log_out(&tokens).await;
        let token = claims(&dashboard.tokens()[0]);
        assert_eq!(
            (token.get("sub").is_some(), token.get("sid").is_some()),
            expected,
            "{content:?} {mode:?}"
        );
    }
}

#[tokio::test]
async fn each_application_hears_its_own_sid() {
    let (world, dashboard, docs) = listening(1).await;
    world.idp.set_sid_mode(SidMode::PerClient);
    let first = world.tokens("dashboard", "alice").await;
    let second = world.tokens_by_sso("docs").await;
    world.log_out(&second).await;
    assert_eq!(claims(&dashboard.tokens()[0])["sid"], claims(&first.id_token)["sid"]);
    assert_eq!(claims(&docs.tokens()[0])["sid"], claims(&second.id_token)["sid"]);
    assert_ne!(claims(&first.id_token)["sid"], claims(&second.id_token)["sid"]);
}
