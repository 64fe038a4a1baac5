use scenarios::{Browser, Calls, Mount, Request, World, on_every_mount};
use vestibule_web::conformance::Verb;

on_every_mount! {
    a_static_file_costs_no_look_at_the_session
    a_session_is_loaded_once_a_request
    every_endpoint_has_one_method
    unknown_paths_are_the_applications
    d24_a_form_of_the_page_is_accepted
    d24_a_form_of_another_site_is_refused
    d24_a_logout_from_another_site_is_refused
    application_data_is_kept
}

async fn a_static_file_costs_no_look_at_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let loads = world.store().calls(Verb::Load);
    let logo = alice.page(&world, "/logo.svg").await;
    assert_eq!(logo.header("cache-control"), Some("public, max-age=31536000"));
    assert_eq!((logo.header("vary"), logo.set_cookies().len()), (None, 0));
    assert_eq!(world.store().calls(Verb::Load), loads);
    world
}

async fn a_session_is_loaded_once_a_request(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let loads = world.store().calls(Verb::Load);
    alice.page(&world, "/me").await;
    assert_eq!(world.store().calls(Verb::Load), loads + 1);
    Browser::new("bob").page(&world, "/").await;
    assert_eq!(world.store().calls(Verb::Load), loads + 1, "nothing to load without a cookie");
    world
}

async fn every_endpoint_has_one_method(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.frontchannel_logout()).await;
    for (name, allowed) in [
        ("login", "GET"),
        ("callback", "GET"),
        ("logout", "POST"),
        ("logged-out", "GET"),
        ("backchannel-logout", "POST"),
        ("frontchannel-logout", "GET"),
        ("session", "GET"),
        ("initiate", "GET, POST"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = world.receive(Request::new(method, &format!("/auth/{name}"))).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {name}");
            assert_eq!(answer.set_cookies().len(), 0);
        }
    }
    world
}

async fn unknown_paths_are_the_applications(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for path in [
        "/auth",
        "/auth/",
        "/auth/login/",
        "/auth/Login",
        "/auth/%6cogin",
        "/auth/x",
        "//auth/login",
        "/authlogin",
    ] {
        let answer = world.receive(Request::page(path)).await;
        assert_eq!((answer.status, answer.headers.len()), (404, 0), "{path}");
    }
    world
}

async fn d24_a_form_of_the_page_is_accepted(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let by_field = Request::form("/rename", [("name", "Alicia"), ("csrf", &csrf)]);
    assert_eq!(alice.send(&world, by_field).await.text(), "alice is now Alicia");
    let by_header = Request::form("/rename", [("name", "Ally")]).header("x-csrf-token", &csrf);
    assert_eq!(alice.send(&world, by_header).await.text(), "alice is now Ally");
    world
}

async fn d24_a_form_of_another_site_is_refused(mount: &'static dyn Mount) -> World {
    refuses_forged(mount, "/rename").await
}

async fn d24_a_logout_from_another_site_is_refused(mount: &'static dyn Mount) -> World {
    refuses_forged(mount, "/auth/logout").await
}

/// That a form is taken from no page but the session's own.
async fn refuses_forged(mount: &'static dyn Mount, path: &str) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let of_bob = world.login("bob").await.csrf(&world).await;
    let with = |token: &str| Request::form(path, [("name", "Mallory"), ("csrf", token)]);
    let before = world.snapshot().await;
    for (what, request) in [
        ("no token", Request::form(path, [("name", "Mallory")])),
        ("an empty token", with("")),
        ("another session's token", with(&of_bob)),
        ("an altered token", with(&format!("A{}", &csrf[1..]))),
        ("two tokens", Request::form(path, [("csrf", csrf.as_str()), ("csrf", &csrf), ("name", "Mallory")])),
        ("another origin", with(&csrf).header("origin", "https://evil.example")),
        ("a sibling's origin", with(&csrf).header("origin", "https://docs.acme.example")),
        ("our origin without https", with(&csrf).header("origin", "http://app.acme.example")),
        ("two origins", with(&csrf).header("origin", OURS).also("origin", "https://evil.example")),
        ("no origin that can be told", with(&csrf).without("sec-fetch-site").header("origin", "null")),
        ("another site, as the browser tells", with(&csrf).header("sec-fetch-site", "cross-site")),
        ("a sibling, as the browser tells", with(&csrf).header("sec-fetch-site", "same-site")),
        ("nowhere, as the browser tells", with(&csrf).header("sec-fetch-site", "none")),
    ] {
        let answer = alice.send(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "csrf.rejected"), "{what}");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    // A cross-site form comes without the session: nobody is there to be harmed.
    let cross_site = alice.send(&world, with(&csrf).cross_site()).await;
    assert!([401, 403].contains(&cross_site.status), "{cross_site:?}");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");

    let genuine = alice.send(&world, with(&csrf).header("origin", OURS)).await;
    assert!([200, 303].contains(&genuine.status), "{genuine:?}");
    world
}

const OURS: &str = "https://app.acme.example";

async fn application_data_is_kept(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "1");
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    let bob = world.login("bob").await;
    assert_eq!(bob.api(&world, "/api/visits").await.text(), "1");
    world
}
