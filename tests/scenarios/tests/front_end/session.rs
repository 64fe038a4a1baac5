use std::time::Duration;

use scenarios::{Calls, Mount, Request, World, on_every_mount};
use serde_json::json;
use vestibule_web::{Lifetimes, conformance::Verb};

use crate::api::call;

const AT: &str = "/auth/session";

on_every_mount! {
    a_front_end_learns_who_is_signed_in
    a_front_end_learns_no_more_than_it_may
    d24_a_page_that_is_not_ours_learns_nothing
    d10_asking_is_no_use_of_the_session
    h07_an_outage_is_not_anonymity
}

async fn a_front_end_learns_who_is_signed_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let nobody = world.receive(call(AT)).await;
    assert_eq!((nobody.status, nobody.header("content-type")), (200, Some("application/json")));
    assert_eq!(nobody.json(), json!({ "signed_in": false, "login": "/auth/login" }));
    assert_eq!(nobody.header("cache-control"), Some("no-store"));

    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let answer = alice.send(&world, call(AT)).await.json();
    assert_eq!((answer["signed_in"].clone(), answer["sub"].clone()), (json!(true), json!("alice")));
    assert_eq!(
        (answer["csrf_token"].clone(), answer["logout"].clone()),
        (json!(csrf), json!("/auth/logout"))
    );
    let Lifetimes { idle, absolute, .. } = Lifetimes::default();
    assert_eq!(answer["idle_seconds_left"], idle.as_secs() - 1);
    assert_eq!(answer["seconds_left"], absolute.as_secs() - 1);

    for notice in world.provider().log_out(&alice) {
        world.receive(Request::logout_token(&notice.logout_token)).await;
    }
    assert_eq!(alice.send(&world, call(AT)).await.json()["signed_in"], false);
    world
}

async fn a_front_end_learns_no_more_than_it_may(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.session_claims(["nickname"])).await;
    world.provider().alter_id_token(|claims| {
        claims["nickname"] = json!("Ally");
        claims["name"] = json!("Alice Liddell");
        claims["roles"] = json!(["editor"]);
    });
    let alice = world.login("alice").await;
    let answer = alice.send(&world, call(AT)).await.json();
    assert_eq!(answer["claims"], json!({ "nickname": "Ally" }));
    assert_eq!(answer["roles"], json!(["editor"]));
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "claims",
            "csrf_token",
            "idle_seconds_left",
            "iss",
            "logout",
            "organizations",
            "permissions",
            "roles",
            "scopes",
            "seconds_left",
            "signed_in",
            "sub"
        ]
    );
    world
}

async fn d24_a_page_that_is_not_ours_learns_nothing(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    for (what, request) in [
        ("no header", Request::api(AT)),
        ("a page load", Request::page(AT)),
        ("a sibling", call(AT).header("sec-fetch-site", "same-site")),
        ("another site", call(AT).header("sec-fetch-site", "cross-site")),
        ("another origin", call(AT).header("origin", "https://evil.example")),
    ] {
        let answer = alice.send(&world, request).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{what}");
    }
    let question = call(AT).method("OPTIONS").header("origin", "https://evil.example");
    let answer = alice.send(&world, question).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, None));
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn d10_asking_is_no_use_of_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let touches = world.store().calls(Verb::Touch);
    for _ in 0..29 {
        world.advance(Duration::from_secs(60));
        assert_eq!(alice.send(&world, call(AT)).await.json()["signed_in"], true);
    }
    assert_eq!(world.store().calls(Verb::Touch), touches);
    world.advance(Duration::from_secs(60));
    assert_eq!(alice.send(&world, call(AT)).await.json()["signed_in"], false);
    world
}

async fn h07_an_outage_is_not_anonymity(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.store().outage(true);
    let answer = alice.send(&world, call(AT)).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"));
    world.store().outage(false);
    assert_eq!(alice.send(&world, call(AT)).await.json()["signed_in"], true);
    world
}
