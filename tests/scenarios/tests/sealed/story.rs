use scenarios::{Browser, DASHBOARD, Mount, Request, Sessions, World, on_every_mount};
use vestibule::Diagnose;

use crate::support::{is_signed_in, revocable, sealed, storeless};

on_every_mount! {
    a_login_needs_no_store
    what_is_said_of_the_user_is_in_the_cookie
    d01_the_cookies_are_like_all_others
    d22_an_unchanged_session_sets_no_cookie
    d22_a_static_file_costs_nothing
    d22_what_sets_a_cookie_is_not_stored
    no_refresh_token_is_asked_for
    what_needs_a_store_says_so
    a_form_of_the_session_is_told_from_others
    c21_a_login_replaces_the_session
    without_cutoffs_there_is_no_backchannel_endpoint
    silent_logins_work
}

async fn a_login_needs_no_store(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    assert_eq!((world.state().await.sessions.len(), world.snapshot().await.writes), (0, 0));
    let second = world.second_node().await;
    assert_eq!(alice.page(&second, "/me").await.text(), "only for you, alice");
    world.relying_party().ready().await.unwrap();
    world
}

async fn what_is_said_of_the_user_is_in_the_cookie(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.api(&world, "/api/me").await.json();
    assert_eq!((&answer["sub"], &answer["iss"]), (&"alice".into(), &"https://acme.example".into()));
    assert_eq!(answer["sid"], alice.sso().unwrap().sid.as_str());
    let session = alice.session(&world).await;
    assert_eq!(session.identity().unwrap().subject(), "alice");
    assert_eq!(session.claim("iss").unwrap(), "https://acme.example");
    assert_eq!(world.state().await.sessions, []);
    world
}

async fn d01_the_cookies_are_like_all_others(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let back = alice.page(&world, &callback).await;
    let cookie = back.set_cookies().into_iter().find(|cookie| cookie.contains("vs-")).unwrap();
    assert!(cookie.starts_with("__Host-vs-"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure"), "{cookie}");
    world
}

async fn d22_an_unchanged_session_sets_no_cookie(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    for path in ["/", "/me", "/api/me", "/api/csrf"] {
        let answer = alice.page(&world, path).await;
        assert_eq!((answer.status, answer.set_cookies().len()), (200, 0), "{path}");
    }
    world
}

async fn d22_a_static_file_costs_nothing(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    world.advance(std::time::Duration::from_secs(600));
    world.store().outage(true);
    let answer = alice.page(&world, "/logo.svg").await;
    assert_eq!((answer.status, answer.set_cookies().len(), answer.header("vary")), (200, 0, None));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000"));
    world
}

async fn d22_what_sets_a_cookie_is_not_stored(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.page(&world, "/api/visits").await;
    assert_eq!((answer.text(), answer.header("cache-control")), ("1", Some("no-store")));
    assert_ne!(answer.set_cookies().len(), 0);
    assert_eq!(answer.header("vary"), Some("cookie"));
    world
}

async fn no_refresh_token_is_asked_for(mount: &'static dyn Mount) -> World {
    let world =
        World::with_sessions(mount, Sessions::Sealed, |rp| rp.scopes(["email", "offline_access"])).await;
    let sent = Browser::new("alice").page(&world, "/auth/login").await;
    assert!(sent.location().contains("scope=openid+email&"), "{}", sent.location());
    world
}

async fn what_needs_a_store_says_so(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.api(&world, "/api/token").await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "session.needs_store"));
    let session = alice.session(&world).await;
    assert_eq!(session.access_token().await.unwrap_err().code(), "session.needs_store");
    assert_eq!(session.all_of_user().await.unwrap_err().code(), "session.needs_store");
    assert_eq!(session.end_listed("x").await.unwrap_err().code(), "session.needs_store");
    assert_eq!(session.end_all_others().await.unwrap_err().code(), "session.needs_store");
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn a_form_of_the_session_is_told_from_others(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let csrf = alice.csrf(&world).await;
    let form = || Request::form("/rename", [("name", "Alicia"), ("csrf", csrf.as_str())]);
    assert_eq!(alice.send(&world, form()).await.text(), "alice is now Alicia");
    assert_eq!(bob.send(&world, form()).await.code(), "csrf.rejected");
    assert_eq!(
        bob.send(&world, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await.code(),
        "csrf.rejected"
    );
    assert!(is_signed_in(&world, &bob).await);
    alice.log_in(&world).await;
    assert_eq!(alice.send(&world, form()).await.code(), "csrf.rejected", "it was another session's");
    world
}

async fn c21_a_login_replaces_the_session(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let browser = world.login("alice").await;
    let old = sealed(&browser, &world);
    browser.hand_over_to("bob");
    browser.log_in(&world).await;
    assert_eq!(sealed(&browser, &world).len(), 1);
    assert_eq!(
        crate::support::page_with(&world, "/", &crate::support::header(&old)).await.text(),
        "hello stranger"
    );
    assert_eq!(browser.page(&world, "/").await.text(), "hello bob");
    world
}

/// The path is the application's then.
async fn without_cutoffs_there_is_no_backchannel_endpoint(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let token = world.provider().logout_token(DASHBOARD, |_| {});
    let before = world.snapshot().await;
    let answer = world.receive(Request::logout_token(&token)).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, ""));
    world.snapshot().await.assert_unchanged_since(&before, scenarios::Calls::NONE);
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn silent_logins_work(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp.silent_login()).await;
    let alice = world.login("alice").await;
    alice.submit_logout(&world).await;
    assert_eq!(alice.open(&world, "/").await.text(), "hello stranger", "who logs out stays out");
    let carol = Browser::new("carol");
    assert_eq!(carol.open(&world, "/").await.text(), "hello stranger");
    carol.log_in(&world).await;
    assert_eq!(carol.page(&world, "/").await.text(), "hello carol");
    world
}

/// A refused relay, an endpoint that is there: what the type cannot say, building does.
#[test]
fn a_relay_needs_sessions_in_a_store() {
    use scenarios::{cookie_key, provider::ISSUER};
    use vestibule::{ClientSecret, Provider};
    use vestibule_web::{CookieKeys, RelyingParty, Upstream};

    let client = Provider::new(ISSUER).unwrap().web_app("dashboard", ClientSecret::new("secret"));
    let built = RelyingParty::builder(client, "https://app.acme.example")
        .relay("/api/orders", Upstream::at("https://api.acme.example").unwrap())
        .sealed_sessions(CookieKeys::from_base64(&cookie_key(0)).unwrap())
        .build();
    assert_eq!(built.unwrap_err().code(), "config.relay_needs_store");
}
