use std::convert::Infallible;

use scenarios::{
    Browser, Call, Calls, Mount, Request, World, on_every_mount,
    provider::{ISSUER, fault},
    trace,
};
use vestibule_web::LoginVerdict;

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    a_user_of_the_provider_is_signed_in_without_a_page
    c10_a_stranger_stays_one_and_is_asked_about_once
    c10_a_login_that_needs_a_page_is_none
    only_page_loads_for_everybody_ask
    nobody_is_asked_unless_it_is_switched_on
    a_browser_without_cookies_is_not_sent_in_circles
    a_provider_out_of_reach_is_no_error
    c09_a_forged_answer_ends_nothing
    c06_a_silent_answer_of_another_issuer_signs_nobody_in
    a_failing_token_endpoint_is_no_error
    a_user_whom_the_application_refuses_stays_a_stranger
    a_logout_while_asking_makes_no_session
    nobody_is_signed_in_again_after_logging_out_here_alone
    nobody_is_signed_in_again_after_being_logged_out
    the_attempt_is_remembered_until_the_browser_closes
    a_page_for_users_leads_to_the_login_page
}

/// A world that asks, and a browser in which alice is signed in at the provider alone.
async fn signed_in_elsewhere(mount: &'static dyn Mount) -> (World, Browser) {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    let docs = world.other_application().await;
    let alice = Browser::new("alice");
    alice.log_in(&docs).await;
    (world, alice)
}

async fn a_user_of_the_provider_is_signed_in_without_a_page(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    let asked = alice.page(&world, "/news?tab=2").await;
    assert_eq!((asked.status, asked.location()), (303, "/auth/login?return_to=%2Fnews%3Ftab%3D2&silent=1"));
    let sent = alice.page(&world, asked.location()).await;
    assert_eq!(Parameters::of(sent.location()).get("prompt"), "none");
    let callback = world.path_of(&world.authorize(&alice, sent.location()).unwrap());
    let back = alice.page(&world, &callback).await;
    assert_eq!((back.status, back.location()), (303, "/news?tab=2"));
    assert_eq!(alice.page(&world, "/news?tab=2").await.text(), "news for alice");
    assert_eq!(world.provider().login_pages(), 1, "for the other application");
    world
}

async fn c10_a_stranger_stays_one_and_is_asked_about_once(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    let bob = Browser::new("bob");
    assert_eq!(bob.open(&world, "/").await.text(), "hello stranger");
    let before = world.snapshot().await;
    for page in ["/", "/news", "/"] {
        assert_eq!(bob.page(&world, page).await.status, 200);
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!((before.calls, world.provider().login_pages()), (Calls { discovery: 1, ..Calls::NONE }, 0));
    assert_eq!(bob.cookies(&world).len(), 1, "what remembers the attempt");
    assert_eq!(trace::lines_with(&["WARN"]), Vec::<String>::new());
    bob.log_in(&world).await;
    world
}

async fn c10_a_login_that_needs_a_page_is_none(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    for error in [
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "server_error",
    ] {
        world.provider().refuse_silent_logins(error);
        alice.clear(&world);
        let before = world.snapshot().await;
        assert_eq!(alice.open(&world, "/").await.text(), "hello stranger", "{error}");
        assert_eq!(alice.page(&world, "/").await.status, 200, "{error}");
        let after = world.snapshot().await;
        assert_eq!((&after.state, after.writes), (&before.state, before.writes), "{error}");
        assert_eq!(after.calls.token, before.calls.token, "{error}");
    }
    world
}

async fn only_page_loads_for_everybody_ask(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    let calls = world.calls();
    for (request, status) in [
        (Request::api("/"), 200),
        (Request::page("/").method("HEAD"), 200),
        (Request::page("/").header("sec-purpose", "prefetch"), 200),
        (Request::page("/").header("sec-fetch-dest", "iframe"), 200),
        (Request::page("/").without("sec-fetch-mode"), 200),
        (Request::page("/").without("sec-fetch-dest"), 200),
        (Request::page("/?silent-login=off"), 200),
        (Request::page("/logo.svg"), 200),
        (Request::page("/nowhere"), 404),
        (Request::api("/api/me"), 401),
    ] {
        let answer = alice.send(&world, request.clone()).await;
        assert_eq!((answer.status, answer.set_cookies().len()), (status, 0), "{request:?}");
    }
    assert_eq!(world.calls(), calls);
    assert_eq!(alice.page(&world, "/").await.status, 303, "this one does");
    world
}

async fn nobody_is_asked_unless_it_is_switched_on(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    let sent = alice.page(&world, "/auth/login?silent=1").await;
    assert!(!sent.location().contains("prompt"), "{sent:?}");
    assert_eq!(sent.set_cookies().len(), 1);
    world
}

async fn a_browser_without_cookies_is_not_sent_in_circles(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    for (page, marked) in [("/news?tab=2", "/news?tab=2&silent-login=off"), ("/", "/?silent-login=off")] {
        let asked = world.receive(Request::page(page)).await;
        let back = world.receive(Request::page(asked.location())).await;
        assert_eq!((back.status, back.location(), back.set_cookies().len()), (303, marked, 0));
        assert_eq!(world.receive(Request::page(back.location())).await.status, 200);
    }
    assert_eq!(world.calls(), Calls::NONE, "the provider has nothing to do with it");
    world
}

async fn a_provider_out_of_reach_is_no_error(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    world.provider().fault(Call::Discovery, fault::unreachable);
    let bob = Browser::new("bob");
    let before = world.snapshot().await;
    assert_eq!(bob.open(&world, "/news").await.text(), "news for stranger");
    world.snapshot().await.assert_unchanged_since(&before, Calls { discovery: 1, ..Calls::NONE });
    assert_eq!(bob.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(trace::lines_with(&["could not be asked", "http.unreachable"]).len(), 1);
    world
}

async fn c09_a_forged_answer_ends_nothing(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    let asked = alice.page(&world, "/news").await;
    let callback = alice.start_login(&world, asked.location()).await;
    for forged in [
        "/auth/callback?error=login_required".to_owned(),
        Parameters::of(&callback).without("code").with("state", &"x".repeat(43)).also("error", "x").path(),
    ] {
        let before = world.snapshot().await;
        let answer = alice.page(&world, &forged).await;
        assert_eq!(answer.status, 400);
        assert!(answer.code().starts_with("callback.state_"), "{answer:?}");
        world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    }
    assert_eq!(alice.page(&world, &callback).await.location(), "/news");
    assert_eq!(alice.page(&world, "/news").await.text(), "news for alice");
    let replay = alice.page(&world, &callback).await;
    assert_refused(&replay, 400, "callback.state_invalid");
    world
}

async fn c06_a_silent_answer_of_another_issuer_signs_nobody_in(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    let asked = alice.page(&world, "/").await;
    let callback = alice.start_login(&world, asked.location()).await;
    let mixed = Parameters::of(&callback).with("iss", "https://evil.example").path();
    let before = world.snapshot().await;
    assert_eq!(alice.page(&world, &mixed).await.location(), "/");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(trace::lines_with(&["callback.iss_mismatch"]).len(), 1);
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn a_failing_token_endpoint_is_no_error(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    world.provider().fault(Call::Token, || fault::unavailable(7));
    let before = world.snapshot().await;
    assert_eq!(alice.open(&world, "/").await.text(), "hello stranger");
    let after = world.snapshot().await;
    assert_eq!((after.state, after.calls.token), (before.state, before.calls.token + 1));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn a_user_whom_the_application_refuses_stays_a_stranger(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| {
        rp.silent_login().on_login(|login| async move {
            let refused = login.id_token.subject() == "alice";
            Ok::<_, Infallible>(if refused {
                LoginVerdict::Refuse
            } else {
                LoginVerdict::Accept(<_>::default())
            })
        })
    })
    .await;
    let alice = Browser::new("alice");
    assert_eq!(alice.open(&world, "/auth/login").await.code(), "login.refused");
    assert!(alice.sso_at(ISSUER).is_some());
    assert_eq!(alice.open(&world, "/").await.text(), "hello stranger");
    assert_eq!(world.provider().live_grants(), 0, "an unused grant is given back");
    world
}

async fn a_logout_while_asking_makes_no_session(mount: &'static dyn Mount) -> World {
    let (world, alice) = signed_in_elsewhere(mount).await;
    let asked = alice.page(&world, "/").await;
    let callback = alice.start_login(&world, asked.location()).await;
    let sid = alice.sso().unwrap().sid;
    let token = world.provider().logout_token("dashboard", |claims| claims["sid"] = sid.into());
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    let back = alice.page(&world, &callback).await;
    assert_eq!((back.location(), alice.session_cookie(&world)), ("/", None), "and no second attempt");
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn nobody_is_signed_in_again_after_logging_out_here_alone(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    world.provider().alter_metadata(|document| {
        document.as_object_mut().unwrap().remove("end_session_endpoint");
    });
    let alice = world.login("alice").await;
    let landed = alice.submit_logout(&world).await;
    assert_eq!(landed.location(), "/auth/logged-out?here-alone");
    assert!(alice.sso().is_some(), "the provider would sign her in at once");
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn nobody_is_signed_in_again_after_being_logged_out(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    let (here, there) = (world.login("alice").await, world.login("alice").await);
    here.session(&world).await.end_all_others().await.unwrap();
    assert!(there.sso().is_some(), "the provider would sign her in at once");
    assert_eq!(there.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(there.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn the_attempt_is_remembered_until_the_browser_closes(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    let asked = Browser::new("alice").page(&world, "/").await;
    let [cookie] = asked.set_cookies()[..] else { panic!("one cookie: {asked:?}") };
    let (name, attributes) = cookie.split_once('=').unwrap();
    assert!(name.starts_with("__Host-vq-"), "{cookie}");
    assert_eq!(attributes, "tried-once; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_eq!((asked.header("cache-control"), asked.header("vary")), (Some("no-store"), Some("cookie")));
    world
}

async fn a_page_for_users_leads_to_the_login_page(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, "/me").await.location(), "/auth/login?return_to=%2Fme");
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}
