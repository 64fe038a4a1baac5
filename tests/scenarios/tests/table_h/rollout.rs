use std::time::Duration;

use scenarios::{
    Browser, Mount, Node, Request, World, cookie_key, on_every_mount, provider::ACCESS_TOKEN_LIFETIME, trace,
};
use serde_json::json;
use vestibule_web::CookieKeys;

on_every_mount! {
    h24_a_new_key_is_read_before_it_is_used
    h24_a_new_key_in_front_leaves_everybody_signed_in
    h24_a_node_without_the_key_does_not_fail
    h24_a_retired_key_costs_no_more_than_a_login
    h24_a_record_of_another_format_is_no_session
    h24_a_record_of_the_first_format_still_reads
}

/// A node with these cookie keys, by number; the world's own has number 0.
async fn node_with(world: &World, keys: &[u64]) -> Node {
    let ring: Vec<_> = keys.iter().map(|number| cookie_key(*number)).collect();
    world.node_with_keys(&CookieKeys::from_base64(&ring.join(",")).unwrap()).await
}

/// A login that is started at one node, finished at the other, and used at both, with everything that is sealed.
async fn assert_both_read_both(world: &World, one: &Node, other: &Node) {
    for (from, to) in [(one, other), (other, one)] {
        let alice = Browser::new("alice");
        let callback = alice.start_login(from, "/auth/login?return_to=%2Fme").await;
        assert_eq!(alice.page(to, &callback).await.location(), "/me");
        world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        for node in [from, to] {
            assert_eq!(alice.page(node, "/me").await.text(), "only for you, alice");
            assert_eq!(alice.api(node, "/api/token").await.status, 200);
        }
        let csrf = alice.csrf(from).await;
        let form = Request::form("/rename", [("name", "Alicia"), ("csrf", csrf.as_str())]);
        assert_eq!(alice.send(to, form).await.status, 200);
    }
}

async fn h24_a_new_key_is_read_before_it_is_used(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let announced = node_with(&world, &[0, 1]).await;
    assert_both_read_both(&world, &world, &announced).await;
    world
}

async fn h24_a_new_key_in_front_leaves_everybody_signed_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let (announced, rotated) = (node_with(&world, &[0, 1]).await, node_with(&world, &[1, 0]).await);
    assert_both_read_both(&world, &announced, &rotated).await;
    assert_eq!(alice.page(&rotated, "/me").await.text(), "only for you, alice");
    world
}

async fn h24_a_node_without_the_key_does_not_fail(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let rotated = node_with(&world, &[1, 0]).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&rotated, "/auth/login?return_to=%2Fme").await;
    let refused = alice.page(&world, &callback).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "callback.state_invalid"));
    assert_eq!(alice.page(&rotated, &callback).await.location(), "/me", "where the key is, it goes on");

    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice", "who it is needs no key");
    let sealed = alice.api(&world, "/api/token").await;
    assert_eq!((sealed.status, sealed.code().as_str()), (401, "session.no_access_token"));
    let csrf = alice.csrf(&rotated).await;
    let form = Request::form("/rename", [("name", "Alicia"), ("csrf", csrf.as_str())]);
    assert_eq!(alice.send(&world, form).await.code(), "csrf.rejected");
    assert_eq!(alice.open(&world, "/auth/login?return_to=%2Fme").await.text(), "only for you, alice");
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    world
}

async fn h24_a_retired_key_costs_no_more_than_a_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let without = node_with(&world, &[1]).await;
    assert_eq!(alice.api(&without, "/api/token").await.code(), "session.no_access_token");
    alice.log_in(&without).await;
    assert_eq!(alice.api(&without, "/api/token").await.status, 200);
    assert_eq!(world.provider().login_pages(), 1, "single sign-on");
    world
}

/// As a node of a later version may write it.
async fn h24_a_record_of_another_format_is_no_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    for format in [
        &b""[..],
        b"\x00",
        b"\x03from the future",
        b"\x01",
        b"\x01\xff\xff\xff\xff{}",
        b"\x02\xff\xff\xff\xff{}",
        b"\x01\x00\x00\x00\x02{}",
        b"\x02\x00\x00\x00\x02{}",
    ] {
        world.write_grant(&alice, format.into()).await;
        assert_eq!(alice.page(&world, "/").await.text(), "hello stranger", "{format:?}");
        assert_eq!(alice.api(&world, "/api/me").await.code(), "auth.required");
        assert_eq!(trace::lines_with(&["WARN", "a format that this version does not read"]).len(), 2);
        alice.log_in(&world).await;
        assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
        trace::start();
    }
    world
}

/// As the first release wrote it: without what the user may do.
async fn h24_a_record_of_the_first_format_still_reads(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().describe("alice", json!({ "roles": ["admin"] }));
    let alice = world.login("alice").await;
    world.write_grant(&alice, in_the_first_format(&world.record(&alice).await.grant).into()).await;
    assert_eq!(alice.page(&world, "/needs/role").await.text(), "only for you, alice");
    assert!(alice.session(&world).await.authority().scopes.is_empty(), "nobody noted them");
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    assert_eq!(world.record(&alice).await.grant[0], 2, "the next writing is in the format of now");
    assert_eq!(alice.page(&world, "/needs/role").await.text(), "only for you, alice");
    world
}

fn in_the_first_format(grant: &[u8]) -> Vec<u8> {
    let length = |part: usize| {
        let at = 1 + 4 * part;
        u32::from_be_bytes(grant[at..at + 4].try_into().unwrap()) as usize
    };
    let end_of_claims = 21 + (0..4).map(length).sum::<usize>();
    let (kept, left_out) = (&grant[21..end_of_claims], length(4));
    [&[1], &grant[1..17], kept, &grant[end_of_claims + left_out..]].concat()
}
