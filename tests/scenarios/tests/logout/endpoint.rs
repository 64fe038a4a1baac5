//! What a logout request must look like, and what its answer does (Back-Channel Logout sections 2.5 and 2.8).

use scenarios::{Calls, Mount, Request, World, on_every_mount};
use url::form_urlencoded::byte_serialize;

use crate::support::{assert_done, assert_refused, hear, is_in, snapshot, token_for};

on_every_mount! {
    b01_only_post_is_heard
    b02_only_forms_are_read
    b04_exactly_one_logout_token_in_the_body
    b27_the_answer_has_no_more_than_it_needs
    b28_cookies_and_origin_of_the_request_are_not_looked_at
}

const PATH: &str = "/auth/backchannel-logout";

async fn b01_only_post_is_heard(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let in_query = format!("{PATH}?logout_token={}", token_for(&world, "alice"));
    let before = snapshot(&world).await;
    for method in ["GET", "HEAD", "PUT", "OPTIONS", "PATCH", "DELETE"] {
        let form = Request::logout_token(&token_for(&world, "alice")).method(method);
        for request in [Request::new(method, &in_query), form] {
            let answer = world.receive(request).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
            assert_eq!(
                (answer.header("cache-control"), answer.body.len()),
                (Some("no-store"), 0),
                "{method}"
            );
            assert_eq!(answer.header("access-control-allow-origin"), None, "{method}");
        }
    }
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
    assert!(is_in(&alice, &world).await);
    world
}

async fn b02_only_forms_are_read(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let before = snapshot(&world).await;
    let request = || Request::logout_token(&token_for(&world, "alice"));
    for media_type in [
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencoded2",
        "application/jwt",
        "",
    ] {
        let answer = world.receive(request().header("content-type", media_type)).await;
        assert_refused(&answer, "logout.content_type", media_type);
    }
    let none = world.receive(request().without("content-type")).await;
    assert_refused(&none, "logout.content_type", "none");
    let two = world.receive(request().also("content-type", "application/x-www-form-urlencoded")).await;
    assert_refused(&two, "logout.content_type", "two");
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);

    for media_type in [
        "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded ; charset=utf-8",
        "Application/X-WWW-Form-URLencoded",
    ] {
        assert_done(&world.receive(request().header("content-type", media_type)).await);
    }
    assert!(!is_in(&alice, &world).await);
    world
}

async fn b04_exactly_one_logout_token_in_the_body(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let (one, other) = (token_for(&world, "alice"), token_for(&world, "alice"));
    let before = snapshot(&world).await;
    let form = |body: Vec<u8>| Request::logout_token("").body(body);
    for (what, body) in [
        ("nothing", Vec::new()),
        ("no such member", format!("token={one}").into_bytes()),
        ("an empty token", b"logout_token=".to_vec()),
        ("no value", b"logout_token".to_vec()),
        ("the same twice", format!("logout_token={one}&logout_token={one}").into_bytes()),
        ("two", format!("logout_token={one}&logout_token={other}").into_bytes()),
        ("an empty one beside", format!("logout_token=&logout_token={one}").into_bytes()),
        ("another case", format!("Logout_Token={one}").into_bytes()),
        ("a list", format!("logout_token[]={one}").into_bytes()),
        ("half an escape", format!("logout_token={one}&x=%4").into_bytes()),
        ("no escape", format!("logout_token={one}%zz").into_bytes()),
        ("no UTF-8", [format!("logout_token={one}&x=").as_bytes(), b"\xff"].concat()),
        ("no UTF-8, escaped", format!("logout_token={one}&x=%ff").into_bytes()),
    ] {
        assert_refused(&world.receive(form(body)).await, "logout.param", what);
    }
    let in_query = Request::new("POST", &format!("{PATH}?logout_token={one}"))
        .header("content-type", "application/x-www-form-urlencoded");
    assert_refused(&world.receive(in_query).await, "logout.param", "in the query");
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);

    let escaped: String = one.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let among_others = format!(
        "a=1&a=2&logout_token={escaped}&&b=&{}=x",
        byte_serialize("é".as_bytes()).collect::<String>()
    );
    assert_done(&world.receive(form(among_others.into_bytes())).await);
    assert!(!is_in(&alice, &world).await);
    world
}

async fn b27_the_answer_has_no_more_than_it_needs(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let token = token_for(&world, "alice");
    let cross_origin = |token: &str| Request::logout_token(token).header("origin", "https://acme.example");
    assert_done(&world.receive(cross_origin(&token)).await);
    let replayed = world.receive(cross_origin(&token)).await;
    assert_refused(&replayed, "logout.replayed", "a replay");
    assert_refused(&hear(&world, "garbage").await, "jwt.malformed", "garbage");
    assert!(!is_in(&alice, &world).await);

    let body = replayed.json();
    assert_eq!(body["error"], "invalid_request");
    assert_eq!(body["error_description"], "the logout token was refused", "coarse: the code is for the log");
    world
}

async fn b28_cookies_and_origin_of_the_request_are_not_looked_at(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let before = snapshot(&world).await;
    let cookie = alice.session_cookie(&world);
    for bad in ["", "garbage", "a.b.c"] {
        let answer = alice.send(&world, Request::logout_token(bad)).await;
        assert_eq!((answer.status, answer.set_cookies().len()), (400, 0));
    }
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
    assert!(is_in(&alice, &world).await);

    // A good token, posted by alice's browser from another site: it is about bob.
    let cross_site = Request::logout_token(&token_for(&world, "bob")).cross_site();
    assert_done(&alice.send(&world, cross_site).await);
    assert_eq!(alice.session_cookie(&world), cookie);
    assert!(is_in(&alice, &world).await);
    assert!(!is_in(&bob, &world).await);
    world
}
