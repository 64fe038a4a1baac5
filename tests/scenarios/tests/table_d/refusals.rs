//! What leaves when a request is refused: a code and an id, and the log has both (rule X2).

use scenarios::{Answer, Browser, Call, Mount, Request, World, on_every_mount, provider::fault, trace};

on_every_mount! {
    x2_every_refusal_has_a_code_and_an_id_that_the_log_has_too
    x2_ids_differ
    x2_a_refusal_says_what_to_do_in_the_log_only
}

/// Requests that are refused, each in its own way.
async fn refusals(world: &World) -> Vec<(Answer, u16, &'static str)> {
    let alice = world.login("alice").await;
    let callback = Browser::new("mallory").start_login(world, "/auth/login").await;
    let mut refusals = vec![
        (alice.page(world, &callback).await, 400, "callback.state_unbound"),
        (alice.api(world, &callback).await, 400, "callback.state_unbound"),
        (alice.page(world, "/auth/callback?code=a&code=b").await, 400, "callback.duplicate_param"),
        (alice.send(world, Request::form("/auth/logout", [])).await, 403, "csrf.rejected"),
        (alice.send(world, Request::form("/rename", [("name", "x")])).await, 403, "csrf.rejected"),
        (world.receive(Request::logout_token("not.a.token")).await, 400, "jwt.malformed"),
        (world.receive(Request::new("POST", "/auth/backchannel-logout")).await, 400, "logout.content_type"),
    ];
    world.provider().fault(Call::Token, || fault::oauth_error("invalid_client"));
    let callback = alice.start_login(world, "/auth/login").await;
    refusals.push((alice.page(world, &callback).await, 500, "token.oauth_error"));
    world.provider().repair(Call::Token);
    world.store().outage(true);
    refusals.push((alice.page(world, "/me").await, 503, "store.unavailable"));
    refusals.push((alice.api(world, "/me").await, 503, "store.unavailable"));
    world.store().outage(false);
    refusals
}

async fn x2_every_refusal_has_a_code_and_an_id_that_the_log_has_too(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (answer, status, code) in refusals(&world).await {
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
        let correlation = answer.correlation();
        assert!(
            correlation.len() == 16 && correlation.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{answer:?}"
        );
        let level = if status >= 500 { "ERROR" } else { "WARN" };
        let found = trace::lines_with(&[level, &format!("code=\"{code}\""), &format!("\"{correlation}\"")]);
        assert_eq!(found.len(), 1, "{code} {correlation}: {found:?}");
    }
    world
}

async fn x2_ids_differ(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let mut ids: Vec<_> = refusals(&world).await.iter().map(|(answer, ..)| answer.correlation()).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    world
}

async fn x2_a_refusal_says_what_to_do_in_the_log_only(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.store().outage(true);
    let answer = alice.page(&world, "/me").await;
    let hint = "check that the session store runs";
    assert!(!answer.text().contains(hint), "{answer:?}");
    assert_eq!(trace::lines_with(&["ERROR", hint, &answer.correlation()]).len(), 1);
    world
}
