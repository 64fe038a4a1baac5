use std::time::Duration;

use scenarios::{Browser, Calls, Mount, Request, World, on_every_mount};
use url::Url;

on_every_mount! {
    c22_another_user_at_a_step_up_is_refused
    c22_data_stays_with_its_user
    a25_a_provider_that_ignores_the_demand_is_told_of
    a25_a_provider_that_answers_about_an_old_login_is_told_of
    layers_that_exclude_each_other_end_in_a_page
    c25_a_demand_of_another_user_is_not_obeyed
    c25_a_demand_that_is_left_out_or_altered_gains_nothing
    a_step_up_without_a_session_is_an_ordinary_login
    c10_a_provider_that_refuses_leaves_the_session
}

const TOKEN_AND_REVOCATION: Calls = Calls { revocation: 1, ..Calls::TOKEN };

async fn c22_another_user_at_a_step_up_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let browser = world.login("alice").await;
    let handle = browser.session_cookie(&world);
    let there = browser.page(&world, "/needs/mfa").await;
    browser.hand_over_to("bob");
    let callback = browser.start_login(&world, there.location()).await;
    let before = world.snapshot().await;
    let answer = browser.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "callback.subject_changed"));
    assert!(answer.text().contains("href=\"/needs/mfa\""), "{answer:?}");
    world.snapshot().await.assert_unchanged_since(&before, TOKEN_AND_REVOCATION);
    assert_eq!(browser.session_cookie(&world), handle);
    assert_eq!(browser.page(&world, "/me").await.text(), "only for you, alice");
    world
}

/// Another user logs in, in another tab, while the step-up is under way.
async fn c22_data_stays_with_its_user(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let browser = world.login("alice").await;
    let there = browser.page(&world, "/needs/mfa").await;
    let callback = browser.start_login(&world, there.location()).await;
    browser.hand_over_to("bob");
    browser.log_in(&world).await;
    browser.api(&world, "/api/visits").await;
    assert_eq!(browser.open(&world, &callback).await.text(), "only for you, alice");
    assert_eq!(browser.api(&world, "/api/visits").await.text(), "1", "bob's count is gone with his session");
    world
}

async fn a25_a_provider_that_ignores_the_demand_is_told_of(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().ignore_step_up();
    let alice = world.login("alice").await;
    refused_in_vain(&world, &alice, "/needs/mfa").await;
    world
}

async fn a25_a_provider_that_answers_about_an_old_login_is_told_of(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().ignore_step_up();
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(400));
    refused_in_vain(&world, &alice, "/needs/fresh").await;
    world
}

async fn refused_in_vain(world: &World, alice: &Browser, path: &str) {
    let there = alice.page(world, path).await;
    let callback = alice.start_login(world, there.location()).await;
    let before = world.snapshot().await;
    let answer = alice.page(world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "guard.step_up_failed"));
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    assert_eq!(alice.page(world, "/me").await.text(), "only for you, alice", "signed in as before");
}

async fn layers_that_exclude_each_other_end_in_a_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let answer = alice.page(&world, "/needs/mfa/otp").await;
    let mut answer = answer;
    let mut logins = 0;
    while answer.status == 303 && logins < 10 {
        let callback = alice.start_login(&world, answer.location()).await;
        assert_eq!(alice.page(&world, &callback).await.location(), "/needs/mfa/otp");
        answer = alice.page(&world, "/needs/mfa/otp").await;
        logins += 1;
    }
    assert_eq!((answer.status, answer.code().as_str(), logins), (403, "guard.step_up_failed", 3));
    assert_eq!(alice.api(&world, "/needs/mfa/otp").await.code(), "guard.step_up_failed");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");

    world.advance(Duration::from_secs(61));
    assert_eq!(alice.page(&world, "/needs/mfa/otp").await.status, 303, "later it is tried again");
    world
}

async fn c25_a_demand_of_another_user_is_not_obeyed(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let mallory = world.login("mallory").await;
    let link = mallory.page(&world, "/needs/mfa").await.location().to_owned();
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    let answer = alice.send(&world, Request::page(&link).cross_site()).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/needs/mfa"),
        "the page itself knows what it needs"
    );
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c25_a_demand_that_is_left_out_or_altered_gains_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let link = alice.page(&world, "/needs/mfa").await.location().to_owned();
    let (login, sealed) = link.split_once("&step_up=").unwrap();
    let (start, end) = sealed.split_at(sealed.len() / 2);
    let altered = if end.starts_with('A') { "B" } else { "A" };
    for step_up in ["", "x", "%00", start, &format!("{start}{altered}{}", &end[1..])] {
        let answer = alice.page(&world, &format!("{login}&step_up={step_up}")).await;
        assert_eq!((answer.status, answer.location()), (303, "/needs/mfa"), "{step_up}");
    }
    for query in ["", "&acr_values=urn:none&max_age=0&prompt=login"] {
        let answer = alice.page(&world, &format!("{login}{query}")).await;
        let url = Url::parse(answer.location()).unwrap();
        let odd = ["acr_values", "max_age", "prompt"];
        assert!(url.query_pairs().all(|(name, _)| !odd.contains(&name.as_ref())), "{url}");
        let callback = world.path_of(&world.authorize(&alice, answer.location()).unwrap());
        assert_eq!(alice.page(&world, &callback).await.location(), "/needs/mfa");
        assert_eq!(alice.api(&world, "/needs/mfa").await.code(), "guard.step_up_required");
    }
    world
}

async fn a_step_up_without_a_session_is_an_ordinary_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let link = alice.page(&world, "/needs/mfa").await.location().to_owned();
    alice.submit_logout(&world).await;
    let answer = alice.page(&world, &link).await;
    assert!(world.provider().is_authorization_url(answer.location()), "{answer:?}");
    assert!(!answer.location().contains("acr_values"));
    assert_eq!(alice.follow(&world, answer).await.text(), "only for you, alice", "the page asked again");
    world
}

async fn c10_a_provider_that_refuses_leaves_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let there = alice.page(&world, "/needs/mfa").await;
    let callback = alice.start_login(&world, there.location()).await;
    let state = callback.split(['?', '&']).find(|pair| pair.starts_with("state=")).unwrap();
    let issuer = "iss=https%3A%2F%2Facme.example";
    let refusal = format!("/auth/callback?error=unmet_authentication_requirements&{state}&{issuer}");
    let before = world.snapshot().await;
    let answer = alice.page(&world, &refusal).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "callback.idp_error"));
    assert!(answer.text().contains("unmet_authentication_requirements"));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}
