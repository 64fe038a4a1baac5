use scenarios::{
    Actix, Axum, Bare, Browser, Calls, GLOBEX, Mount, Node, Request, World, browser::Cookie, on_every_mount,
    provider::ISSUER,
};
use vestibule::{ClientSecret, Provider};
use vestibule_web::{
    ConfigError, CookieKeys, MemoryStore, RelyingParties, RelyingParty, RelyingPartyBuilder, Stored, Upstream,
};

use crate::attempt::assert_refused;

on_every_mount! {
    by_path_each_place_has_its_provider
    by_path_each_logout_ends_its_own
    a_chooser_decides_whom_a_request_visits
    whom_nobody_is_chosen_for_may_choose
    a_chooser_that_is_wrong_lets_nobody_in
    a_login_button_leads_back_to_the_page
    c05_an_answer_of_one_provider_at_the_callback_of_the_other
    c05_a_pending_login_at_one_provider_completes_none_at_the_other
    c06_a_genuine_answer_that_names_the_other_issuer
    b07_a_logout_token_counts_where_it_belongs
    d03_a_session_at_one_provider_is_none_at_the_other
}

/// Who logs in at Globex for everything below `/api`, and at Acme for the rest.
async fn by_path(mount: &'static dyn Mount) -> (World, Node, Node) {
    let world = World::new(mount).await;
    let both = |acme, globex| RelyingParties::builder(acme).at("/api", globex).build().unwrap();
    let (acme, globex) = world.two_providers(both).await;
    (world, acme, globex)
}

/// A header of the request says where.
async fn by_chooser(mount: &'static dyn Mount, choose_at: Option<&'static str>) -> (World, Node, Node) {
    let world = World::new(mount).await;
    let both = |acme, globex| {
        let builder =
            RelyingParties::builder(acme).or(globex).chosen_by(|head| match head.header("x-tenant")? {
                "acme" => Some(0),
                "globex" => Some(1),
                "initech" => Some(2),
                _ => None,
            });
        match choose_at {
            Some(page) => builder.choose_at(page),
            None => builder,
        }
        .build()
        .unwrap()
    };
    let (acme, globex) = world.two_providers(both).await;
    (world, acme, globex)
}

async fn by_path_each_place_has_its_provider(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&acme, "/me").await.location(), "/auth/login?return_to=%2Fme");
    let challenged = alice.page(&globex, "/api/me").await;
    assert_eq!(challenged.location(), "/globex/auth/login?return_to=%2Fapi%2Fme");
    assert_eq!(alice.open(&acme, "/me").await.text(), "only for you, alice");
    assert_eq!(alice.api(&globex, "/api/me").await.status, 401, "a session at Acme is none here");
    assert_eq!(alice.open(&globex, "/api/me").await.json()["iss"], GLOBEX);
    assert_eq!(alice.page(&acme, "/me").await.text(), "only for you, alice", "both last");
    assert_eq!(alice.session(&acme).await.issuer(), ISSUER);
    assert_eq!(globex.provider().calls(), Calls { discovery: 1, keys: 1, ..Calls::TOKEN });
    assert_eq!(acme.provider().calls(), globex.provider().calls());
    world
}

/// actix-web decodes a path before it looks for a handler, axum does not: which of these are found is their affair.
#[tokio::test(start_paused = true)]
async fn by_path_no_other_spelling_gets_around_it() {
    for mount in [&Bare as &'static dyn Mount, &Axum, &Actix] {
        let (_world, acme, globex) = by_path(mount).await;
        let alice = Browser::new("alice");
        alice.log_in(&acme).await;
        for path in ["/api/me", "/%61pi/me", "/api/%6de", "//api/me", "/x/../api/me", "/./api/me"] {
            let answer = alice.api(&globex, path).await;
            assert!(matches!(answer.status, 401 | 404), "{mount:?} {path}: {answer:?}");
        }
        let found = alice.api(&globex, "/%61pi/me").await.status;
        assert_eq!(found, if format!("{mount:?}") == "Actix" { 401 } else { 404 }, "{mount:?}");
    }
}

async fn by_path_each_logout_ends_its_own(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    alice.log_in(&acme).await;
    alice.open(&globex, "/api/me").await;
    let csrf = alice.api(&globex, "/api/csrf").await.text().to_owned();
    let wrong = alice.send(&acme, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await;
    assert_refused(&wrong, 403, "csrf.rejected");
    let leaving = alice.send(&globex, Request::form("/globex/auth/logout", [("csrf", csrf.as_str())])).await;
    assert!(leaving.location().starts_with("https://globex.example/logout?"), "{leaving:?}");
    let landed = alice.follow(&globex, leaving).await;
    assert!(landed.text().contains("You are signed out"), "{landed:?}");
    assert_eq!(alice.api(&globex, "/api/me").await.status, 401);
    assert_eq!(alice.page(&acme, "/").await.text(), "hello alice");
    world
}

async fn a_chooser_decides_whom_a_request_visits(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_chooser(mount, None).await;
    let alice = Browser::new("alice");
    let me = |tenant: &str| Request::page("/me").header("x-tenant", tenant);
    assert_eq!(alice.send(&acme, me("acme")).await.location(), "/auth/login?return_to=%2Fme");
    let challenged = alice.send(&globex, me("globex")).await;
    assert_eq!(challenged.location(), "/globex/auth/login?return_to=%2Fme");
    let callback = alice.start_login(&globex, challenged.location()).await;
    assert_eq!(alice.page(&globex, &callback).await.location(), "/me", "endpoints need no chooser");
    assert_eq!(alice.send(&globex, me("globex")).await.text(), "only for you, alice");
    assert_eq!(alice.send(&acme, me("acme")).await.status, 303);
    assert_eq!(alice.send(&acme, me("unknown")).await.location(), "/auth/login?return_to=%2Fme", "the first");
    world
}

async fn whom_nobody_is_chosen_for_may_choose(mount: &'static dyn Mount) -> World {
    let (world, acme, _) = by_chooser(mount, Some("/sign-in")).await;
    let alice = Browser::new("alice");
    alice.open(&acme, "/auth/login").await;
    assert_eq!(alice.page(&acme, "/me?tab=2").await.location(), "/sign-in?return_to=%2Fme%3Ftab%3D2");
    assert_eq!(alice.page(&acme, "/").await.text(), "hello stranger");
    let program = alice.api(&acme, "/api/me").await;
    assert_eq!((program.status, program.code().as_str()), (401, "auth.required"));
    let chosen = alice.send(&acme, Request::page("/me").header("x-tenant", "acme")).await;
    assert_eq!(chosen.text(), "only for you, alice");
    world
}

async fn a_chooser_that_is_wrong_lets_nobody_in(mount: &'static dyn Mount) -> World {
    let (_world, acme, _) = by_chooser(mount, None).await;
    let alice = Browser::new("alice");
    alice.log_in(&acme).await;
    let answer = alice.send(&acme, Request::page("/me").header("x-tenant", "initech")).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"), "no login would help");
    let (world, acme, _) = by_chooser(mount, Some("/sign-in")).await;
    let alice = Browser::new("alice");
    alice.open(&acme, "/auth/login").await;
    let answer = alice.send(&acme, Request::page("/me").header("x-tenant", "initech")).await;
    assert_eq!(answer.location(), "/sign-in?return_to=%2Fme");
    assert_eq!(scenarios::trace::lines_with(&["ERROR", "config.chooser"]).len(), 1);
    world
}

async fn a_login_button_leads_back_to_the_page(mount: &'static dyn Mount) -> World {
    let (world, _, globex) = by_path(mount).await;
    let relying_party = globex.relying_party();
    assert_eq!(relying_party.login_path("/api/me?a=b"), "/globex/auth/login?return_to=%2Fapi%2Fme%3Fa%3Db");
    assert_eq!(relying_party.login_path("https://evil.example"), "/globex/auth/login?return_to=%2F");
    let alice = Browser::new("alice");
    let landed = alice.open(&globex, &relying_party.login_path("/api/me")).await;
    assert_eq!(landed.json()["iss"], GLOBEX);
    world
}

async fn c05_an_answer_of_one_provider_at_the_callback_of_the_other(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    let of_globex = alice.start_login(&globex, "/globex/auth/login").await;
    alice.start_login(&acme, "/auth/login").await;
    let before = (world.snapshot().await, globex.provider().calls());
    let mixed = of_globex.replace("/globex/auth/callback", "/auth/callback");
    assert_refused(&alice.page(&acme, &mixed).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before.0, Calls::NONE);
    assert_eq!(globex.provider().calls(), before.1, "the code went nowhere");
    assert_eq!(alice.page(&globex, &of_globex).await.status, 303, "where it belongs it counts");
    world
}

/// Not even when its cookie is put under the other one's name: the seal and what is sealed say where it belongs.
async fn c05_a_pending_login_at_one_provider_completes_none_at_the_other(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    alice.start_login(&globex, "/globex/auth/login").await;
    let of_globex = alice.cookies(&globex).remove(0).value;
    let of_acme = alice.start_login(&acme, "/auth/login").await;
    let name = alice.cookies(&acme).remove(1).name;
    alice.plant(&acme, &name, &of_globex);
    let before = world.snapshot().await;
    assert_refused(&alice.page(&acme, &of_acme).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c06_a_genuine_answer_that_names_the_other_issuer(mount: &'static dyn Mount) -> World {
    let (world, acme, _) = by_path(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&acme, "/auth/login").await;
    let mixed = callback.replace("iss=https%3A%2F%2Facme.example", "iss=https%3A%2F%2Fglobex.example");
    assert_ne!(mixed, callback);
    let before = world.snapshot().await;
    assert_refused(&alice.page(&acme, &mixed).await, 400, "callback.iss_mismatch");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn b07_a_logout_token_counts_where_it_belongs(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    alice.log_in(&acme).await;
    alice.open(&globex, "/api/me").await;
    // The same user name and sid at both: only the issuer tells them apart.
    let sid = alice.sso_at(GLOBEX).unwrap().sid;
    let token = globex.provider().logout_token("both", |claims| {
        claims["sub"] = "alice".into();
        claims["sid"] = sid.into();
    });
    let before = world.snapshot().await;
    let refused = acme.receive(Request::logout_token(&token)).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "logout.issuer_mismatch"));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    let form = Request::logout_token(&token).to("/globex/auth/backchannel-logout");
    assert_eq!(globex.receive(form).await.status, 200);
    assert_eq!(alice.api(&globex, "/api/me").await.status, 401);
    assert_eq!(alice.page(&acme, "/").await.text(), "hello alice");
    world
}

async fn d03_a_session_at_one_provider_is_none_at_the_other(mount: &'static dyn Mount) -> World {
    let (world, acme, globex) = by_path(mount).await;
    let alice = Browser::new("alice");
    alice.log_in(&acme).await;
    let of_acme = alice.session_cookie(&acme).unwrap();
    alice.open(&globex, "/api/me").await;
    let sessions = alice.cookies(&globex).into_iter().filter(|cookie| cookie.name.contains("vs-"));
    let names: Vec<_> = sessions.map(|Cookie { name, .. }| name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let mallory = Browser::new("mallory");
    mallory.plant(&globex, names.iter().find(|name| **name != of_acme.name).unwrap(), &of_acme.value);
    assert_eq!(mallory.api(&globex, "/api/me").await.status, 401);
    world
}

fn builder(provider: &Provider, prefix: &str, origin: &str) -> RelyingPartyBuilder<Stored> {
    let keys = CookieKeys::generate(provider.random().as_ref()).unwrap();
    RelyingParty::builder(provider.web_app("app", ClientSecret::new("s")), origin)
        .stored_sessions(MemoryStore::new(), keys)
        .prefix(prefix)
}

fn relying_party(provider: &Provider, prefix: &str, origin: &str) -> RelyingParty {
    builder(provider, prefix, origin).build().unwrap()
}

#[test]
fn e08_relying_parties_that_do_not_get_along_are_refused() {
    let acme = Provider::new(ISSUER).unwrap();
    let beside = Provider::builder(GLOBEX).unwrap().beside(&acme).build().unwrap();
    let apart = Provider::new(GLOBEX).unwrap();
    let (here, there) = ("https://app.acme.example", "https://app.globex.example");
    let build = |one: (&Provider, &str, &str), other: (&Provider, &str, &str)| {
        let party = |(provider, prefix, origin)| relying_party(provider, prefix, origin);
        RelyingParties::builder(party(one)).at("/staff", party(other)).build().map(drop)
    };
    let first = (&acme, "/auth", here);
    assert_eq!(build(first, (&beside, "/staff/auth", here)), Ok(()));
    assert_eq!(build(first, (&beside, "/auth", here)), Err(ConfigError::SharedPrefix));
    assert_eq!(build(first, (&beside, "/auth", there)), Err(ConfigError::SharedPrefix));
    assert_eq!(build(first, (&apart, "/staff/auth", here)), Err(ConfigError::Apart));
    assert_eq!(build(first, (&acme, "/staff/auth", here)), Err(ConfigError::SharedClient));
    assert_eq!(build(first, (&acme, "/staff/auth", there)), Ok(()));
    let port = "https://app.acme.example:8443";
    assert_eq!(build(first, (&acme, "/staff/auth", port)), Err(ConfigError::SharedClient));
}

#[test]
fn d25_relays_of_several_relying_parties_are_apart() {
    let acme = Provider::new(ISSUER).unwrap();
    let build = |path: &str, other: &str| {
        let party = |prefix: &str, origin: &str, relay: &str| {
            let upstream = Upstream::at("https://api.acme.example").unwrap();
            builder(&acme, prefix, origin).relay(relay, upstream).build().unwrap()
        };
        let (one, other) =
            (party("/auth", "https://a.example", path), party("/staff/auth", "https://b.example", other));
        RelyingParties::builder(one).or(other).build().map(drop)
    };
    assert_eq!(build("/api", "/staff/api"), Ok(()));
    for (one, other) in
        [("/api", "/api"), ("/api", "/api/x"), ("/api/x", "/api"), ("/staff", "/x"), ("/x", "/auth/login")]
    {
        assert_eq!(build(one, other), Err(ConfigError::Relay), "{one} and {other}");
    }
}

#[test]
fn a_path_that_is_none_is_refused() {
    let acme = Provider::new(ISSUER).unwrap();
    let party = |prefix: &str, origin: &str| relying_party(&acme, prefix, origin);
    for path in ["", "staff", "/staff/", "/a//b", "/a/../b", "/%73taff", "/a?b"] {
        let built = RelyingParties::builder(party("/auth", "https://a.example"))
            .at(path, party("/staff/auth", "https://b.example"))
            .build();
        assert_eq!(built.map(drop), Err(ConfigError::ProtectedPath), "{path}");
    }
    let built =
        RelyingParties::builder(party("/auth", "https://a.example")).choose_at("//evil.example").build();
    assert_eq!(built.map(drop), Err(ConfigError::ProtectedPath));
    let twice = RelyingParties::builder(party("/auth", "https://a.example"))
        .at("/staff", party("/b/auth", "https://b.example"))
        .at("/staff", party("/c/auth", "https://c.example"))
        .build();
    assert_eq!(twice.map(drop), Err(ConfigError::ProtectedPath));
}
