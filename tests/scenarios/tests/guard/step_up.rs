use std::time::Duration;

use scenarios::{Answer, Browser, Calls, Mount, Request, World, on_every_mount};
use serde_json::json;
use url::Url;

on_every_mount! {
    a25_a_stronger_login_leads_back_to_the_page
    a25_a_login_that_is_too_old_is_repeated
    c21_a_step_up_changes_the_handle_and_keeps_the_data
    a_right_that_is_missing_costs_no_login
    a_page_that_needs_both_asks_for_both
    programs_are_told_what_is_needed
    the_login_path_of_a_program_leads_to_the_step_up
}

const OLD: Duration = Duration::from_secs(400);

/// What the provider is asked for.
fn asked(answer: &Answer, name: &str) -> Option<String> {
    let url = Url::parse(answer.location()).expect("a URL");
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

async fn a25_a_stronger_login_leads_back_to_the_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    let there = alice.page(&world, "/needs/mfa?tab=2").await;
    assert_eq!(there.status, 303);
    assert!(there.location().starts_with("/auth/login?return_to=%2Fneeds%2Fmfa%3Ftab%3D2&step_up="));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);

    let provider = alice.page(&world, there.location()).await;
    assert_eq!(asked(&provider, "acr_values").as_deref(), Some("urn:mfa"));
    assert_eq!(asked(&provider, "max_age"), None);
    let back = alice.follow(&world, provider).await;
    assert_eq!((back.status, back.text()), (200, "only for you, alice"));
    assert_eq!(world.provider().login_pages(), 2);
    assert_eq!(world.calls() - before.calls, Calls::TOKEN);

    assert_eq!(alice.page(&world, "/needs/mfa").await.text(), "only for you, alice", "from now on");
    world
}

async fn a25_a_login_that_is_too_old_is_repeated(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&world, "/needs/fresh").await.text(), "only for you, alice", "just logged in");
    world.advance(OLD);
    let there = alice.page(&world, "/needs/fresh").await;
    let provider = alice.page(&world, there.location()).await;
    assert_eq!(asked(&provider, "max_age").as_deref(), Some("300"));
    assert_eq!(asked(&provider, "acr_values"), None);
    assert_eq!(alice.follow(&world, provider).await.text(), "only for you, alice");
    assert_eq!(world.provider().login_pages(), 2);
    world.advance(OLD);
    assert_eq!(alice.api(&world, "/needs/fresh").await.code(), "guard.step_up_required", "and again");
    world
}

async fn c21_a_step_up_changes_the_handle_and_keeps_the_data(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    alice.api(&world, "/api/visits").await;
    let (old, csrf) = (alice.session_cookie(&world).unwrap(), alice.csrf(&world).await);
    assert_eq!(alice.open(&world, "/needs/mfa").await.text(), "only for you, alice");
    assert_ne!(alice.session_cookie(&world).unwrap().value, old.value);
    assert_ne!(alice.csrf(&world).await, csrf);
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    assert_eq!(world.state().await.sessions.len(), 1);
    let thief = Browser::new("mallory");
    thief.plant(&world, &old.name, &old.value);
    assert_eq!(thief.page(&world, "/").await.text(), "hello stranger", "the old handle is dead at once");
    world
}

async fn a_right_that_is_missing_costs_no_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(OLD);
    alice.page(&world, "/me").await;
    let before = world.snapshot().await;
    assert_eq!(alice.page(&world, "/needs/role/fresh").await.code(), "guard.forbidden");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);

    world.provider().describe("alice", json!({ "roles": ["admin"] }));
    alice.log_in(&world).await;
    assert_eq!(alice.open(&world, "/needs/role/fresh").await.text(), "only for you, alice");
    assert_eq!(world.provider().login_pages(), 2, "the first login was old at the provider, too");
    world
}

async fn a_page_that_needs_both_asks_for_both(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(OLD);
    assert_eq!(alice.open(&world, "/needs/mfa/fresh").await.text(), "only for you, alice");
    assert_eq!(world.provider().login_pages(), 2, "a stronger login is a new one");
    world.advance(OLD);
    let there = alice.page(&world, "/needs/mfa/fresh").await;
    assert_eq!(alice.follow(&world, there).await.code(), "", "each layer is met in its turn");
    world
}

async fn programs_are_told_what_is_needed(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(OLD);
    alice.page(&world, "/me").await;
    let before = world.snapshot().await;
    for request in [Request::api, |path: &str| Request::form(path, [])] {
        let answer = alice.send(&world, request("/needs/mfa")).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "guard.step_up_required"));
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.header("www-authenticate"), None, "a cookie is no scheme");
        let body = answer.json();
        assert_eq!((&body["acr_values"], body.get("max_age")), (&json!("urn:mfa"), None));
        assert!(body["login"].as_str().unwrap().starts_with("/auth/login?step_up="), "{body}");
        let body = alice.send(&world, request("/needs/fresh")).await.json();
        assert_eq!((body.get("acr_values"), &body["max_age"]), (None, &json!(300)));
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn the_login_path_of_a_program_leads_to_the_step_up(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let body = alice.api(&world, "/needs/mfa").await.json();
    let path = format!("{}&return_to=%2Fneeds%2Fmfa", body["login"].as_str().unwrap());
    assert_eq!(alice.open(&world, &path).await.text(), "only for you, alice");
    assert_eq!(alice.api(&world, "/needs/mfa").await.status, 200);
    world
}
