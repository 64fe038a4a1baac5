use std::time::Duration;

use bytes::Bytes;
use scenarios::{
    Answer, Browser, Call, DOCS, Exchange, Mount, Request, World, leaks, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
    trace,
};

on_every_mount! {
    d27_a_whole_life_shows_no_secret
    d27_failures_show_no_secret
    d27_what_comes_from_outside_is_not_logged
}

/// Dropping the world looks for them; here it is made sure that there was something to look for.
async fn d27_a_whole_life_shows_no_secret(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = world.login("alice").await;
    alice.log_in(&docs).await;
    alice.page(&world, "/me").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    let leaving = alice.submit_logout(&world).await;
    let ended = world.provider().end_session(&alice, leaving.location());
    for notice in ended.notices.iter().filter(|notice| notice.client_id == DOCS) {
        assert_eq!(docs.receive(Request::logout_token(&notice.logout_token)).await.status, 200);
    }
    alice.page(&world, &world.path_of(&ended.location)).await;
    for said in [
        "login started",
        "logged in",
        "access token refreshed",
        "logged out here",
        "logged out by the provider",
    ] {
        assert!(!trace::lines_with(&[said]).is_empty(), "{said}: {:?}", trace::lines());
    }
    let secrets = world.provider().secrets();
    for kind in ["canary-code-", "canary-access-", "canary-refresh-", "canary-secret-of-", "eyJ"] {
        assert!(secrets.iter().any(|secret| secret.starts_with(kind)), "{kind}");
    }
    world
}

async fn d27_failures_show_no_secret(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let faults: [fn() -> fault::Outcome; 6] = [
        fault::unreachable,
        fault::reset,
        fault::timeout,
        fault::page,
        || fault::unavailable(1),
        || fault::oauth_error("invalid_grant"),
    ];
    for fault in faults {
        let browser = Browser::new("bob");
        let callback = browser.start_login(&world, "/auth/login").await;
        world.provider().fault(Call::Token, fault);
        assert!(browser.page(&world, &callback).await.status >= 400);
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        alice.api(&world, "/api/token").await;
        world.provider().repair(Call::Token);
    }
    world.provider().alter_id_token(|claims| claims["nonce"] = "canary-claim-nonce".into());
    let callback = alice.start_login(&world, "/auth/login").await;
    assert_eq!(alice.page(&world, &callback).await.code(), "id_token.nonce_mismatch");
    assert!(trace::lines().iter().all(|line| !line.contains("canary-")));
    world
}

async fn d27_what_comes_from_outside_is_not_logged(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    alice.plant(&world, "canary-cookie-name", "canary-cookie-value");
    for path in [
        "/me?canary-query=1",
        "/auth/login?return_to=%2Fcanary-place",
        "/auth/callback?code=canary-code&state=canary-state",
        "/auth/callback?error=x&state=canary-state&error_description=canary-description",
        "/auth/logged-out?state=canary-state",
    ] {
        alice.send(&world, Request::page(path).header("user-agent", "canary-agent")).await;
        alice.send(&world, Request::api(path).header("authorization", "Bearer canary-bearer")).await;
    }
    world.receive(Request::logout_token("canary-head.canary-body.canary-signature")).await;
    alice.send(&world, Request::form("/auth/logout", [("csrf", "canary-csrf")])).await;
    let shown: Vec<_> = trace::lines().into_iter().filter(|line| line.contains("canary-")).collect();
    assert!(shown.is_empty(), "{shown:?}");
    world
}

#[tokio::test(start_paused = true)]
async fn d27_debug_shows_no_secret() {
    let world = World::new(&scenarios::Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let token = session.access_token().await.unwrap();
    let error = session.check_csrf("canary-csrf-token").unwrap_err();
    let shown = format!("{:?} {:#?} {token:?} {error:?} {error}", world.relying_party(), session);
    let mut secrets = world.provider().secrets();
    secrets.extend(alice.cookies(&world).into_iter().map(|cookie| cookie.value));
    secrets.extend([session.csrf_token(), "canary-".to_owned()]);
    for secret in secrets {
        assert!(!shown.contains(&secret), "{secret} in {shown}");
    }
}

/// The check that every dropped world makes is one that can fail: in a body, in a header, in a redirect that stays
/// here, in a log line.
#[tokio::test(start_paused = true)]
async fn d27_a_leak_would_be_found() {
    let world = World::new(&scenarios::Bare).await;
    let alice = world.login("alice").await;
    let cookie = alice.session_cookie(&world).unwrap().value;
    let genuine = |secret: &str| Answer {
        status: 303,
        headers: vec![
            ("location".into(), format!("https://acme.example/authorize?state={secret}")),
            ("set-cookie".into(), format!("__Host-vs-x={cookie}; Path=/")),
        ],
        body: Bytes::new(),
    };
    let leaks_of = |answer: Answer| {
        let path = "/".to_owned();
        let exchanges = [genuine("unguessable-state"), answer].map(|answer| Exchange {
            method: "GET".into(),
            path: path.clone(),
            answer,
        });
        leaks::find(world.provider(), &exchanges).len()
    };
    let answer = |headers: &[(&str, &str)], body: &str| Answer {
        status: 200,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: Bytes::from(body.to_owned()),
    };
    let token = world.provider().secrets().into_iter().find(|secret| secret.contains("access")).unwrap();
    assert_eq!(leaks_of(answer(&[], "nothing")), 0);
    assert_eq!(leaks_of(answer(&[], &format!("your token is {token}"))), 1);
    assert_eq!(leaks_of(answer(&[("x-debug", &cookie)], "")), 1);
    assert_eq!(leaks_of(answer(&[("location", "/me?state=unguessable-state")], "")), 1);
    assert_eq!(
        leaks_of(answer(&[("location", &format!("https://acme.example/authorize?login_hint={cookie}"))], "")),
        1
    );
    tracing::debug!(token, "what must not be");
    assert_eq!(leaks_of(answer(&[], "nothing")), 1);
    trace::start();
}
