//! Starting, stopping, registering, keys, clock, outages.

use std::net::TcpListener;
use std::time::{Duration, UNIX_EPOCH};

use vestibule_dev_idp::{Application, ApplicationType, Clock, DevIdp, EventKind, Outage, User};

use crate::oracle::accepts;
use crate::support::{Authorization, NOW, Tokens, World, application, claims};

#[test]
fn dropping_it_frees_the_port() {
    let idp = DevIdp::builder().start().unwrap();
    let address = idp.issuer().strip_prefix("http://").unwrap().to_owned();
    assert!(TcpListener::bind(&address).is_err());
    let mut events = idp.events();
    drop(idp);
    assert_eq!(events.wait(), None);
    let again = DevIdp::builder().listen(&address).start().unwrap();
    assert_eq!(again.issuer(), format!("http://{address}"));
}

#[test]
fn a_wrong_set_up_does_not_start() {
    let code = |builder: vestibule_dev_idp::DevIdpBuilder| builder.start().unwrap_err().code();
    let taken = DevIdp::builder().start().unwrap();
    let address = taken.issuer().strip_prefix("http://").unwrap();
    assert_eq!(code(DevIdp::builder().listen(address)), "start.bind");
    assert_eq!(code(DevIdp::builder().listen("0.0.0.0:0")), "start.not_loopback");
    assert_eq!(code(DevIdp::builder().listen("nowhere")), "start.listen_address");
    let twice = DevIdp::builder().user(User::new("alice")).user(User::new("alice"));
    assert_eq!(code(twice), "start.user_twice");
    let same =
        DevIdp::builder().user(User::new("a").with_subject("s")).user(User::new("b").with_subject("s"));
    assert_eq!(code(same), "start.user_twice");
    let apps = DevIdp::builder().application(application("app")).application(application("app"));
    assert_eq!(code(apps), "start.application_twice");
    let secrets = Application::web("app", "1").secret("2").secret("3");
    assert_eq!(code(DevIdp::builder().application(secrets)), "application.too_many_secrets");
}

#[tokio::test]
async fn localhost_is_an_issuer_too() {
    let idp = DevIdp::builder().listen("localhost:0").start().unwrap();
    assert!(idp.issuer().starts_with("http://localhost:"));
    let port = idp.issuer().rsplit(':').next().unwrap();
    let url = format!("http://127.0.0.1:{port}/.well-known/openid-configuration");
    let document: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], idp.issuer());
}

#[tokio::test]
async fn applications_come_and_change_at_run_time() {
    let world = World::new();
    let late = Authorization::of("late");
    assert_eq!(world.authorize(&late).await.status, 400);
    world.idp.register(application("late")).unwrap();
    assert_eq!(world.authorize(&late).await.status, 200);
    assert_eq!(application("late").application_type(), ApplicationType::Web);

    let short =
        application("late").access_token_lifetime(Duration::from_secs(7)).access_token_audience("api");
    world.idp.register(short).unwrap();
    let tokens = world.tokens("late", "alice").await;
    assert_eq!(tokens.answer["expires_in"], 7);
    let access = claims(&tokens.access_token);
    assert_eq!((access["exp"].as_i64().unwrap(), access["aud"].as_str()), (NOW + 7, Some("api")));
    let wrong = world.idp.register(application("late").redirect_uri("nowhere"));
    assert_eq!(wrong.unwrap_err().code(), "application.redirect_uri");

    world.idp.add_user(User::new("alice").name("Alice Pleasance"));
    let refreshed = Tokens::read(&world.refresh("late", &tokens.refresh_token).await);
    assert_eq!(claims(&refreshed.id_token)["name"], "Alice Pleasance");
}

#[tokio::test]
async fn keys_roll_with_and_without_the_old_ones() {
    let world = World::new();
    let mut events = world.idp.events();
    let old = world.tokens("dashboard", "alice").await;
    world.idp.roll_keys_keep_old().unwrap();
    assert_eq!(world.get("/jwks").await.json()["keys"].as_array().unwrap().len(), 6);
    let new = world.tokens("dashboard", "alice").await;
    assert_eq!(accepts(&world, "dashboard", &old).await, Ok(()));
    assert_eq!(accepts(&world, "dashboard", &new).await, Ok(()));
    assert_eq!(world.userinfo(&old.access_token).await.status, 200);

    world.idp.roll_keys().unwrap();
    assert_eq!(world.get("/jwks").await.json(), world.idp.jwks());
    assert_eq!(world.idp.jwks()["keys"].as_array().unwrap().len(), 3);
    assert!(accepts(&world, "dashboard", &old).await.is_err());
    assert!(accepts(&world, "dashboard", &new).await.is_err());
    let newest = world.tokens("dashboard", "alice").await;
    assert_eq!(accepts(&world, "dashboard", &newest).await, Ok(()));
    let rolled = |event: &EventKind| matches!(event, EventKind::KeysRolled { .. });
    let rolls: Vec<_> = events.drain().into_iter().filter(rolled).collect();
    assert_eq!(rolls, [EventKind::KeysRolled { old_kept: true }, EventKind::KeysRolled { old_kept: false }]);
}

#[tokio::test]
async fn every_moment_comes_from_the_clock() {
    let clock = Clock::stopped_at(UNIX_EPOCH + Duration::from_secs(5_000));
    let world = World::with(|builder| builder.clock(clock.clone()));
    let first = claims(&world.tokens("dashboard", "alice").await.id_token);
    assert_eq!((first["iat"].as_i64(), first["auth_time"].as_i64()), (Some(5_000), Some(5_000)));
    clock.set(UNIX_EPOCH + Duration::from_secs(9_000));
    let second = claims(&world.tokens_by_sso("docs").await.id_token);
    assert_eq!((second["iat"].as_i64(), second["auth_time"].as_i64()), (Some(9_000), Some(5_000)));
    assert_eq!(world.idp.clock().now(), clock.now());
}

#[tokio::test]
async fn requests_are_counted() {
    let world = World::new();
    world.get("/.well-known/openid-configuration").await;
    let before = world.idp.requests();
    assert_eq!(before.discovery, 1);
    let tokens = world.tokens("dashboard", "alice").await;
    world.userinfo(&tokens.access_token).await;
    world.log_out(&tokens).await;
    let after = world.idp.requests() - before;
    assert_eq!((after.discovery, after.jwks, after.login, after.token, after.userinfo), (0, 0, 1, 1, 1));
    assert_eq!((after.authorize, after.end_session, after.revoke), (0, 1, 0));
    assert_eq!(after.back_channel(), 2);
}

#[tokio::test]
async fn an_outage_answers_503_or_nothing() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    world.idp.go_offline(Outage::Unavailable);
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.status, 503);
    assert_eq!(world.get("/jwks").await.status, 503);
    world.idp.go_online().unwrap();
    world.idp.go_offline(Outage::Refused);
    let refused = world.browser.get(world.url("/jwks")).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    world.idp.go_online().unwrap();
    Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
}

#[tokio::test]
async fn the_front_page_and_the_stylesheet_are_there() {
    let world = World::new();
    let page = world.get("/").await;
    assert!(page.body.contains(world.idp.issuer()) && page.body.contains("dashboard"));
    let style = world.get("/style.css").await;
    assert!(style.header("content-type").unwrap().starts_with("text/css"));
    assert_eq!(world.get("/nowhere").await.status, 404);
}
