//! The user logs out here (RP-Initiated Logout sections 2 to 4), from a page of this application and no other.

use scenarios::{
    Answer, Browser, Call, Calls, Mount, Node, Request, World, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
};
use serde_json::json;
use url::Url;
use vestibule_web::conformance::{Moment, Verb};

use crate::support::{hear, is_in, snapshot, token_for};

on_every_mount! {
    b31_only_post_logs_out
    b31_the_session_ends_before_the_redirect
    b31_an_http_endpoint_is_not_gone_to
    b31_where_to_return_comes_from_the_configuration
    b31_the_state_is_good_once
    b31_a_strange_state_lands_on_a_plain_page
    b31_a_provider_that_is_down_keeps_nobody_logged_in
    b30_refresh_tokens_go_with_their_session
    b30_a_provider_without_logout_is_given_the_refresh_token_back
    d24_a_logout_comes_from_our_own_pages
}

const BYE: &str = "/?goodbye";

async fn logout_form(browser: &Browser, node: &Node) -> Request {
    let csrf = browser.csrf(node).await;
    Request::form("/auth/logout", [("csrf", csrf.as_str())])
}

fn state_of(leaving: &Answer) -> String {
    let url = Url::parse(leaving.location()).expect("the provider's URL");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state");
    state.1.into_owned()
}

async fn b31_only_post_logs_out(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let before = snapshot(&world).await;
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let request = Request::page(&format!("/auth/logout?csrf={csrf}")).header("x-csrf-token", &csrf);
        let answer = alice.send(&world, request.method(method)).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
    assert!(is_in(&alice, &world).await);
    world
}

async fn b31_the_session_ends_before_the_redirect(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let form = logout_form(&alice, &world).await;
    let copy = Browser::new("alice");
    let cookie = alice.session_cookie(&world).unwrap();
    copy.plant(&world, &cookie.name, &cookie.value);
    let leaving = alice.send(&world, form).await;
    assert_eq!(leaving.status, 303);
    assert!(leaving.location().starts_with("https://acme.example/logout?"), "{leaving:?}");
    assert!(!is_in(&copy, &world).await, "ended here, although the browser never goes on");
    assert_eq!(world.state().await.sessions, []);
    assert!(alice.session_cookie(&world).is_none());
    world
}

async fn b31_an_http_endpoint_is_not_gone_to(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let form = logout_form(&alice, &world).await;
    world.provider().alter_metadata(|document| {
        document["end_session_endpoint"] = json!("http://acme.example/logout");
    });
    // A node that reads the metadata only now.
    let second = world.second_node().await;
    let leaving = alice.send(&second, form).await;
    assert_eq!((leaving.status, leaving.location()), (303, "/auth/logged-out?here-alone"));
    assert_eq!(world.state().await.sessions, []);
    assert!(!is_in(&alice, &world).await);
    world
}

async fn b31_where_to_return_comes_from_the_configuration(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.after_logout(BYE)).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let evil = "https://evil.example/";
    let fields = [("csrf", csrf.as_str()), ("post_logout_redirect_uri", evil), ("return_to", evil)];
    let path = "/auth/logout?post_logout_redirect_uri=https://evil.example/&return_to=//evil.example";
    let request = Request::form(path, fields).header("host", "evil.example");
    let leaving = alice.send(&world, request).await;
    let url = Url::parse(leaving.location()).unwrap();
    let returns: Vec<_> = url.query_pairs().filter(|(name, _)| name == "post_logout_redirect_uri").collect();
    assert_eq!(returns.len(), 1);
    assert_eq!(returns[0].1, "https://app.acme.example/auth/logged-out");
    let back = world.provider().end_session(&alice, leaving.location()).location;
    let landed = alice.page(&world, &format!("{}&return_to=//evil.example", world.path_of(&back))).await;
    assert_eq!((landed.status, landed.location()), (303, BYE));
    world
}

async fn b31_the_state_is_good_once(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.after_logout(BYE)).await;
    let alice = world.login("alice").await;
    let form = logout_form(&alice, &world).await;
    let leaving = alice.send(&world, form).await;
    let arrival = format!("/auth/logged-out?state={}", state_of(&leaving));
    let mallory = Browser::new("mallory");
    assert_eq!(mallory.page(&world, &arrival).await.status, 200, "another browser gets the plain page");
    assert_eq!(alice.page(&world, &arrival).await.location(), BYE);
    assert_eq!(alice.page(&world, &arrival).await.status, 200, "once");
    world
}

async fn b31_a_strange_state_lands_on_a_plain_page(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.after_logout(BYE)).await;
    for strange in ["", "?state=", "?state=another", "?other=1"] {
        let alice = world.login("alice").await;
        let form = logout_form(&alice, &world).await;
        let state = state_of(&alice.send(&world, form).await);
        for query in [strange.to_owned(), format!("?state={state}&state={state}"), format!("?State={state}")]
        {
            let before = snapshot(&world).await;
            let landed = alice.page(&world, &format!("/auth/logged-out{query}")).await;
            assert_eq!(landed.status, 200, "{query}");
            assert!(!landed.text().contains("another"), "nothing of the request is in the page");
            snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
        }
    }
    world
}

async fn b31_a_provider_that_is_down_keeps_nobody_logged_in(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let form = logout_form(&alice, &world).await;
    world.provider().go_down();
    let second = world.second_node().await;
    let leaving = alice.send(&second, form).await;
    assert_eq!((leaving.status, leaving.location()), (303, "/auth/logged-out?here-alone"));
    assert_eq!((world.state().await.sessions.len(), alice.session_cookie(&world)), (0, None));
    let landed = alice.follow(&second, leaving).await;
    assert_eq!(landed.status, 200);
    assert!(!is_in(&alice, &world).await);
    world
}

/// Nothing of an ended session can be used any more: the tokens went with the record.
async fn b30_refresh_tokens_go_with_their_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    assert_eq!(hear(&world, &token_for(&world, "alice")).await.status, 200);
    world.advance(std::time::Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let before = world.calls();
    let error = session.access_token().await.unwrap_err();
    assert_eq!(vestibule::Diagnose::disposition(&error), vestibule::Disposition::Gone);
    assert_eq!(world.calls() - before, Calls::NONE, "the refresh token of an ended session is never sent");
    world
}

async fn b30_a_provider_without_logout_is_given_the_refresh_token_back(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_metadata(|document| {
        document.as_object_mut().expect("an object").remove("end_session_endpoint");
    });
    let alice = world.login("alice").await;
    let form = logout_form(&alice, &world).await;
    world.provider().fault(Call::Revocation, || fault::unavailable(1));
    let before = snapshot(&world).await;
    assert_eq!(alice.send(&world, form).await.status, 303, "whatever becomes of the revocation");
    assert_eq!(snapshot(&world).await.calls - before.calls, Calls { revocation: 1, ..Calls::NONE });
    assert!(!is_in(&alice, &world).await);
    world
}

async fn d24_a_logout_comes_from_our_own_pages(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let of_bob = world.login("bob").await.csrf(&world).await;
    let with = |token: &str| Request::form("/auth/logout", [("csrf", token)]);
    let bare = || Request::form("/auth/logout", []);
    let before = snapshot(&world).await;
    for (what, request) in [
        ("a sibling subdomain", with(&csrf).header("origin", "https://docs.acme.example")),
        ("a sibling, as the browser tells", with(&csrf).header("sec-fetch-site", "same-site")),
        ("another site", with(&csrf).cross_site()),
        ("a page opened by the user, with a body", with(&csrf).header("sec-fetch-site", "none")),
        ("null", with(&csrf).without("sec-fetch-site").header("origin", "null")),
        ("http", with(&csrf).without("sec-fetch-site").header("origin", "http://app.acme.example")),
        ("another port", with(&csrf).header("origin", "https://app.acme.example:8443")),
        (
            "two origins",
            with(&csrf).header("origin", "https://app.acme.example").also("origin", "https://e.example"),
        ),
        ("no token", bare()),
        ("no token, and a header that is no token", bare().header("x-requested-with", "XMLHttpRequest")),
        ("an empty token", with("")),
        ("another session's token", with(&of_bob)),
        ("another session's token in the header", with(&csrf).header("x-csrf-token", &of_bob)),
        ("half a token", with(&csrf[..csrf.len() / 2])),
        ("two tokens", Request::form("/auth/logout", [("csrf", csrf.as_str()), ("csrf", &csrf)])),
        ("the token in the query", Request::form(&format!("/auth/logout?csrf={csrf}"), [])),
    ] {
        // As if no SameSite attribute kept the cookie back.
        let request = request.header("cookie", alice.cookie_header(&world));
        let answer = world.receive(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf.rejected"), "{what}");
        assert_eq!(answer.set_cookies().len(), 0, "{what}");
    }
    snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
    let preflight = Request::new("OPTIONS", "/auth/logout")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST");
    let answer = world.receive(preflight).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, None));
    assert!(is_in(&alice, &world).await);

    let by_script = bare().header("x-csrf-token", &csrf);
    assert_eq!(alice.send(&world, by_script).await.status, 303);
    assert!(!is_in(&alice, &world).await);
    world
}

/// Logged out, says the page: then it is so, or the page says that it is not.
#[tokio::test(start_paused = true)]
async fn b31_a_logout_that_was_not_stored_is_not_told() {
    let world = World::new(&scenarios::Bare).await;
    for (verb, moment) in
        [(Verb::Load, Moment::Before), (Verb::End, Moment::Before), (Verb::End, Moment::After)]
    {
        let alice = world.login("alice").await;
        let form = logout_form(&alice, &world).await;
        world.store().fail_next(verb, moment);
        let answer = alice.send(&world, form.clone()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "logout.unfinished"),
            "{verb:?} {moment:?}"
        );
        assert_eq!(alice.session_cookie(&world), None);
        assert_eq!(alice.send(&world, form).await.status, 303, "and again: {verb:?} {moment:?}");
        assert!(!is_in(&alice, &world).await);
    }
}
