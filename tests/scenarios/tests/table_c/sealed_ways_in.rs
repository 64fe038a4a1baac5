//! The ways in and out of an application whose sessions are sealed in cookies.

use std::convert::Infallible;

use scenarios::{
    Answer, Browser, Calls, Mount, Node, Request, Sessions, World, on_every_mount, provider::ISSUER,
};
use url::form_urlencoded::Serializer;
use vestibule_web::LoginVerdict;

use crate::attempt::assert_refused;

on_every_mount! {
    a_user_of_the_provider_is_signed_in_to_a_sealed_session_without_a_page
    nobody_is_signed_in_again_whose_sealed_session_was_ended
    c21_a_sealed_session_replaces_another_though_no_cookie_comes_with_the_answer
    c21_a_copy_of_a_sealed_session_that_was_replaced_is_dead
    b32_a_frame_ends_a_sealed_session
    c20_without_a_store_a_token_starts_one_login_at_each_node
}

async fn a_user_of_the_provider_is_signed_in_to_a_sealed_session_without_a_page(
    mount: &'static dyn Mount,
) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp.silent_login()).await;
    let docs = world.other_application().await;
    let alice = Browser::new("alice");
    alice.log_in(&docs).await;
    assert_eq!(alice.open(&world, "/news").await.text(), "news for alice");
    let bob = Browser::new("bob");
    assert_eq!(bob.open(&world, "/news").await.text(), "news for stranger");
    assert_eq!(bob.page(&world, "/news").await.status, 200);
    world
}

async fn nobody_is_signed_in_again_whose_sealed_session_was_ended(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp.silent_login()).await;
    let (here, there) = (world.login("alice").await, world.login("alice").await);
    let sid = there.sso().unwrap().sid;
    let token = world.provider().logout_token("dashboard", |claims| claims["sid"] = sid.into());
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert!(there.sso().is_some(), "the provider would sign her in at once");
    assert_eq!(there.page(&world, "/").await.text(), "hello stranger");
    here.submit_logout(&world).await;
    assert_eq!(here.page(&world, "/").await.text(), "hello stranger");
    world
}

/// Whatever number of cookies either session takes, and however often they change.
async fn c21_a_sealed_session_replaces_another_though_no_cookie_comes_with_the_answer(
    mount: &'static dyn Mount,
) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| {
        rp.form_post().on_login(|login| async move {
            let much = "x".repeat(if login.id_token.subject() == "alice" { 4_000 } else { 10 });
            Ok::<_, Infallible>(LoginVerdict::accept_with(&much).expect("JSON"))
        })
    })
    .await;
    let browser = Browser::new("alice");
    for user in ["alice", "bob", "alice", "carol", "bob"] {
        browser.hand_over_to(user);
        browser.log_in(&world).await;
        assert_eq!(browser.page(&world, "/me").await.text(), format!("only for you, {user}"));
    }
    world
}

async fn c21_a_copy_of_a_sealed_session_that_was_replaced_is_dead(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp.form_post()).await;
    let alice = world.login("alice").await;
    let copy = alice.cookie_header(&world);
    assert_eq!(with(&world, &copy).await.status, 200);
    alice.log_in(&world).await;
    assert_eq!(with(&world, &copy).await.status, 401);
    assert_eq!(alice.api(&world, "/api/me").await.status, 200);
    world
}

async fn b32_a_frame_ends_a_sealed_session(mount: &'static dyn Mount) -> World {
    for sessions in [Sessions::Sealed, Sessions::SealedRevocable] {
        let world = World::with_sessions(mount, sessions, |rp| rp.frontchannel_logout()).await;
        let alice = world.login("alice").await;
        let copy = alice.cookie_header(&world);
        let sid = alice.sso().unwrap().sid;
        let before = world.snapshot().await;
        let ignored = alice.send(&world, frame(&[("iss", ISSUER), ("sid", "sid-other")])).await;
        assert_eq!((ignored.status, ignored.code().as_str()), (400, "frontchannel.ignored"));
        world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
        assert_eq!(alice.page(&world, "/").await.text(), "hello alice");
        assert_eq!(alice.send(&world, frame(&[("iss", ISSUER), ("sid", &sid)])).await.status, 200);
        assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
        let dead = if sessions == Sessions::SealedRevocable { 401 } else { 200 };
        assert_eq!(with(&world, &copy).await.status, dead, "only a store knows of copies");
    }
    World::new(mount).await
}

async fn c20_without_a_store_a_token_starts_one_login_at_each_node(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, Sessions::Sealed, |rp| rp).await;
    let other_node = world.second_node().await;
    let token = world.provider().idp_initiated_login(|_| {});
    let path = initiate(&[("idp_initiated_login", &token)]);
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, &path).await.status, 303);
    assert_refused(&alice.page(&world, &path).await, 400, "login.initiation_refused");
    assert_eq!(alice.page(&other_node, &path).await.status, 303);
    world
}

async fn with(node: &Node, cookies: &str) -> Answer {
    node.receive(Request::api("/api/me").header("cookie", cookies)).await
}

fn frame(query: &[(&str, &str)]) -> Request {
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    Request::page(&format!("/auth/frontchannel-logout?{query}")).header("sec-fetch-dest", "iframe")
}

fn initiate(query: &[(&str, &str)]) -> String {
    format!("/auth/initiate?{}", Serializer::new(String::new()).extend_pairs(query).finish())
}
