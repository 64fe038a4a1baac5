//! Logouts of sealed sessions (checklist D08, BM02, BM06; session model, what must hold: 1, 2, 8, 12, 13).

use std::{sync::Arc, time::Duration};

use scenarios::{Bare, Browser, DASHBOARD, Mount, Request, Sessions, World, on_every_mount};
use serde_json::{Value, json};
use url::Url;
use vestibule::{ClientSecret, Provider};
use vestibule_web::{CookieKeys, LogoutScope, MemoryStore, RelyingParty};

use crate::support::{assert_refused, header, is_signed_in, page_with, revocable, sealed, storeless, swell};

on_every_mount! {
    d08_a_copied_cookie_is_dead_after_the_logout
    d08_without_cutoffs_the_logout_ends_it_in_the_browser
    a_logout_goes_on_to_the_provider
    b31_an_id_token_that_is_kept_is_shown_to_the_provider_at_logout
    d05_a_login_whose_id_token_does_not_fit_too_is_refused
    a_logout_with_a_dead_cookie_is_harmless
    b20_a_sid_ends_the_sessions_of_that_sid
    b21_a_subject_ends_all_of_the_user
    b22_a_sid_with_another_subject_ends_nothing
    b13_a_token_takes_effect_once
    bm02_a_logout_overtakes_a_login_and_it_starts_afresh_once
    bm02_two_logouts_overtake_a_login
    bm06_a_new_login_leaves_the_old_copy_dead
    invariant_02_a_login_after_the_logout_lives
    invariant_12_all_others_end
    b32_front_channel_logout_ends_it_here
}

async fn hear(world: &World, whom: Value) {
    let token = world.provider().logout_token(DASHBOARD, |claims| {
        let claims = claims.as_object_mut().unwrap();
        claims.remove("sid");
        claims.remove("sub");
        claims.extend(whom.as_object().unwrap().clone());
    });
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
}

async fn d08_a_copied_cookie_is_dead_after_the_logout(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let copy = header(&sealed(&alice, &world));
    assert_eq!(page_with(&second, "/", &copy).await.text(), "hello alice");
    let other = world.login("alice").await;
    alice.submit_logout(&world).await;
    assert_eq!(sealed(&alice, &world), []);
    assert_eq!(page_with(&second, "/", &copy).await.text(), "hello stranger");
    assert_refused(&world, &copy, "session.revoked").await;
    assert!(is_signed_in(&world, &other).await, "it was one session's logout");
    world
}

/// Documented: a copy lives until its end, since nobody can know of the logout.
async fn d08_without_cutoffs_the_logout_ends_it_in_the_browser(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    swell(&world, 7000);
    let alice = world.login("alice").await;
    let copy = sealed(&alice, &world);
    alice.submit_logout(&world).await;
    assert_eq!(sealed(&alice, &world), []);
    assert!(!is_signed_in(&world, &alice).await);
    for cookie in &copy {
        alice.plant(&world, &cookie.name, &cookie.value);
    }
    assert!(!is_signed_in(&world, &alice).await, "nor by the copy, in this browser");
    assert_eq!(page_with(&world, "/", &header(&copy)).await.text(), "hello alice");
    world
}

async fn a_logout_goes_on_to_the_provider(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let leaving = alice.submit_logout(&world).await;
    assert_eq!(leaving.status, 303);
    assert!(leaving.location().starts_with("https://acme.example/logout?"), "{leaving:?}");
    assert!(leaving.location().contains("client_id=dashboard"), "{leaving:?}");
    assert!(!leaving.location().contains("id_token_hint"), "none is kept: {leaving:?}");
    world
}

async fn b31_an_id_token_that_is_kept_is_shown_to_the_provider_at_logout(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp.keep_id_token()).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.status, 200, "a change of the data leaves it there");
    let leaving = alice.submit_logout(&world).await;
    let url = Url::parse(leaving.location()).unwrap();
    let hint =
        url.query_pairs().find_map(|(name, value)| (name == "id_token_hint").then_some(value)).unwrap();
    assert!(world.provider().secrets().contains(&hint.into_owned()), "as the provider made it");
    assert_eq!(sealed(&alice, &world), []);
    world
}

async fn d05_a_login_whose_id_token_does_not_fit_too_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp.keep_id_token()).await;
    swell(&world, 7000);
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "session.too_large"));
    assert_eq!(sealed(&alice, &world), []);
    world
}

async fn a_logout_with_a_dead_cookie_is_harmless(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let name = sealed(&alice, &world).remove(0).name;
    alice.plant(&world, &name, "1aaaaaagarbage");
    let before = world.snapshot().await;
    let answer = alice.send(&world, Request::form("/auth/logout", [])).await;
    assert_eq!((answer.status, answer.location()), (303, "/auth/logged-out?here-alone"));
    assert_eq!(sealed(&alice, &world), []);
    assert_eq!(world.snapshot().await, before);
    world
}

async fn b20_a_sid_ends_the_sessions_of_that_sid(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let second = world.second_node().await;
    let (desk, phone) = (world.login("alice").await, world.login("alice").await);
    hear(&world, json!({ "sid": desk.sso().unwrap().sid })).await;
    assert!(!is_signed_in(&world, &desk).await && !is_signed_in(&second, &desk).await);
    assert!(is_signed_in(&world, &phone).await);
    hear(&world, json!({ "sid": phone.sso().unwrap().sid, "sub": "alice" })).await;
    assert!(!is_signed_in(&second, &phone).await);
    world
}

async fn b21_a_subject_ends_all_of_the_user(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (desk, phone, bob) =
        (world.login("alice").await, world.login("alice").await, world.login("bob").await);
    hear(&world, json!({ "sub": "alice" })).await;
    assert!(!is_signed_in(&world, &desk).await && !is_signed_in(&world, &phone).await);
    assert!(is_signed_in(&world, &bob).await);
    world
}

async fn b22_a_sid_with_another_subject_ends_nothing(mount: &'static dyn Mount) -> World {
    let all = |rp: vestibule_web::RelyingPartyBuilder<_>| rp.logout_scope(LogoutScope::SidOnly);
    let world = World::with_sessions(mount, Sessions::SealedRevocable, all).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    hear(&world, json!({ "sid": alice.sso().unwrap().sid, "sub": "bob" })).await;
    assert!(is_signed_in(&world, &alice).await && is_signed_in(&world, &bob).await);
    world
}

async fn b13_a_token_takes_effect_once(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let sid = alice.sso().unwrap().sid;
    let token = world.provider().logout_token(DASHBOARD, move |claims| claims["sid"] = json!(sid));
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert!(!is_signed_in(&world, &alice).await);
    alice.log_in(&world).await;
    let again = world.receive(Request::logout_token(&token)).await;
    assert_eq!((again.status, again.code().as_str()), (400, "logout.replayed"));
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn bm02_a_logout_overtakes_a_login_and_it_starts_afresh_once(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    hear(&world, json!({ "sub": "alice" })).await;
    let answer = alice.page(&world, &callback).await;
    assert!(answer.location().starts_with("https://acme.example/authorize?"), "{answer:?}");
    assert_eq!(sealed(&alice, &world), []);
    assert_eq!(alice.follow(&world, answer).await.text(), "only for you, alice");
    world
}

async fn bm02_two_logouts_overtake_a_login(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    hear(&world, json!({ "sub": "alice" })).await;
    let again = alice.page(&world, &callback).await;
    let callback = world.path_of(&world.authorize(&alice, again.location()).unwrap());
    hear(&world, json!({ "sub": "alice" })).await;
    let refused = alice.page(&world, &callback).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "callback.session_revoked"));
    assert_eq!(sealed(&alice, &world), []);
    world
}

async fn bm06_a_new_login_leaves_the_old_copy_dead(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    let copy = header(&sealed(&alice, &world));
    hear(&world, json!({ "sub": "alice" })).await;
    alice.log_in(&world).await;
    assert!(is_signed_in(&world, &alice).await);
    assert_refused(&world, &copy, "session.revoked").await;
    world
}

/// With the same `sid` too, in the same second.
async fn invariant_02_a_login_after_the_logout_lives(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..5 {
        hear(&world, json!({ "sid": alice.sso().unwrap().sid })).await;
        assert!(!is_signed_in(&world, &alice).await);
        alice.log_in(&world).await;
        assert!(is_signed_in(&world, &alice).await);
    }
    assert_eq!(world.provider().login_pages(), 1, "it was one session at the provider");
    world
}

async fn invariant_12_all_others_end(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (desk, phone, bob) =
        (world.login("alice").await, world.login("alice").await, world.login("bob").await);
    desk.session(&world).await.end_all_others().await.unwrap();
    assert!(is_signed_in(&world, &desk).await && is_signed_in(&world, &bob).await);
    assert!(!is_signed_in(&world, &phone).await);
    world
}

async fn b32_front_channel_logout_ends_it_here(mount: &'static dyn Mount) -> World {
    for sessions in [Sessions::SealedRevocable, Sessions::Sealed] {
        let world = World::with_sessions(mount, sessions, |rp| rp.frontchannel_logout()).await;
        let alice = world.login("alice").await;
        let sid = alice.sso().unwrap().sid;
        let path = |sid: &str| format!("/auth/frontchannel-logout?iss=https%3A%2F%2Facme.example&sid={sid}");
        assert_eq!(alice.page(&world, &path("another")).await.status, 400);
        assert!(is_signed_in(&world, &alice).await);
        assert_eq!(alice.page(&world, &path(&sid)).await.status, 200);
        assert_eq!(sealed(&alice, &world), []);
        assert!(!is_signed_in(&world, &alice).await);
    }
    revocable(mount).await
}

/// A store that comes back empty has forgotten logouts.
#[tokio::test(start_paused = true)]
async fn invariant_08_a_store_that_came_back_empty_ends_what_was_before() {
    use scenarios::{cookie_key, provider::ISSUER};
    use vestibule_web::http::RequestHead;

    let world = revocable(&Bare).await;
    let alice = world.login("alice").await;
    let cookies = http::HeaderValue::from_str(&header(&sealed(&alice, &world))).unwrap();
    let headers = http::HeaderMap::from_iter([(http::header::COOKIE, cookies)]);
    world.advance(Duration::from_secs(1));
    let visitor = async |store: MemoryStore| {
        let op = Provider::builder(ISSUER).unwrap().clock(world.clock().clone()).build().unwrap();
        let client = op.web_app(DASHBOARD, ClientSecret::new("secret"));
        let node = RelyingParty::builder(client, "https://app.acme.example")
            .sealed_sessions(CookieKeys::from_base64(&cookie_key(0)).unwrap())
            .backchannel_logout(store)
            .build()
            .unwrap();
        let head = RequestHead::from_parts("GET", "/", None, &headers);
        node.visit(&head).visitor().await.unwrap()
    };
    let empty = MemoryStore::builder().clock(Arc::new(world.clock().clone())).build();
    assert!(matches!(visitor(empty).await, vestibule_web::Visitor::Anonymous));
    assert!(is_signed_in(&world, &alice).await, "where the store is the same it lives");
}

#[tokio::test(start_paused = true)]
async fn invariant_13_open_connections_end_with_the_session() {
    let world = revocable(&Bare).await;
    let second = world.second_node().await;
    for way in ["here", "sub", "sid", "others", "login", "lifetime"] {
        let (alice, other) = (world.login("alice").await, world.login("alice").await);
        let open = tokio::spawn(alice.session(&world).await.ended());
        let elsewhere = tokio::spawn(alice.session(&second).await.ended());
        let of_bob = tokio::spawn(world.login("bob").await.session(&world).await.ended());
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert!(!open.is_finished() && !elsewhere.is_finished(), "{way}");
        match way {
            "here" => drop(alice.submit_logout(&world).await),
            "sub" => hear(&world, json!({ "sub": "alice" })).await,
            "sid" => hear(&world, json!({ "sid": alice.sso().unwrap().sid })).await,
            "others" => other.session(&world).await.end_all_others().await.unwrap(),
            "login" => alice.log_in(&world).await,
            _ => world.advance(Duration::from_secs(1800)),
        }
        let began = tokio::time::Instant::now();
        open.await.unwrap();
        elsewhere.await.unwrap();
        let most = if way == "lifetime" { Duration::from_secs(31) } else { Duration::from_millis(1) };
        assert!(began.elapsed() <= most, "{way}: {:?}", began.elapsed());
        assert_eq!(of_bob.is_finished(), way == "lifetime", "{way}");
        of_bob.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn without_cutoffs_open_connections_end_by_their_lifetime() {
    let world = storeless(&Bare).await;
    world.let_time_run();
    let alice = world.login("alice").await;
    let open = tokio::spawn(alice.session(&world).await.ended());
    let began = tokio::time::Instant::now();
    open.await.unwrap();
    let minutes = began.elapsed().as_secs() / 60;
    assert!((29..=30).contains(&minutes), "{minutes}");
}
