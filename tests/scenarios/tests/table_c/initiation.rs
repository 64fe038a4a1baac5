use scenarios::{
    Answer, Browser, Calls, DASHBOARD, Mount, Request, World, on_every_mount, provider::ISSUER, trace,
};
use serde_json::json;
use url::form_urlencoded::Serializer;
use vestibule::{ClientSecret, testing::TestProvider};
use vestibule_web::{
    ConfigError, CookieKeys, MemoryStore, RelyingParty,
    conformance::{Moment, Verb},
};

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    c20_a_third_party_starts_a_login_like_any_other
    c20_a_third_party_may_post
    c20_an_issuer_that_is_not_ours
    c20_an_issuer_is_named_unless_it_need_not_be
    c20_a_target_that_is_not_ours
    c20_parameters_that_repeat_or_cannot_be_read
    c20_a_post_that_is_no_form
    c20_an_error_of_the_provider_starts_nothing
    c20_nothing_but_a_page_load_starts_a_login
    c25_only_what_is_listed_is_passed_on
    c20_a_tile_at_an_identity_provider
    c20_bm02_what_a_third_party_asked_for_outlives_a_fresh_start
    c03_c20_what_is_too_long_for_a_cookie_is_asked_for_once
    c20_a_relay_state_is_a_hint_of_no_more_than_a_page
    c20_a_token_starts_one_login
    c20_a_token_that_is_wrong_starts_none
    c20_a_token_is_not_spent_while_the_provider_is_out_of_reach
}

const OURS: &str = "https://app.acme.example";

async fn c20_a_third_party_starts_a_login_like_any_other(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let target = format!("{OURS}/me?tab=2");
    let query = [("iss", ISSUER), ("target_link_uri", &target), ("login_hint", "alice@acme.example")];
    let sent = alice.page(&world, &initiate(&query)).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let request = Parameters::of(sent.location());
    assert_eq!(request.get("login_hint"), "alice@acme.example");
    assert_eq!((request.get("state").len(), request.get("nonce").len()), (43, 43));
    let callback = world.path_of(&world.authorize(&alice, sent.location()).unwrap());
    assert_eq!(alice.page(&world, &callback).await.location(), "/me?tab=2");
    assert_eq!(alice.page(&world, "/me?tab=2").await.text(), "only for you, alice");
    world
}

async fn c20_a_third_party_may_post(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let form = Request::form("/auth/initiate", [("iss", ISSUER), ("target_link_uri", "/news")]);
    let sent = alice.send(&world, form.cross_site()).await;
    assert_eq!(alice.follow(&world, sent).await.text(), "news for alice");
    world
}

async fn c20_an_issuer_that_is_not_ours(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for issuer in ["https://evil.example", "https://acme.example/", "HTTPS://acme.example", ""] {
        refuses(&world, &[("iss", issuer), ("target_link_uri", OURS)]).await;
    }
    world
}

async fn c20_an_issuer_is_named_unless_it_need_not_be(mount: &'static dyn Mount) -> World {
    let strict = World::new(mount).await;
    refuses(&strict, &[("target_link_uri", OURS)]).await;
    refuses(&strict, &[]).await;
    let world = World::with(mount, |rp| rp.initiation_without_issuer()).await;
    refuses(&world, &[("iss", "https://evil.example")]).await;
    let alice = Browser::new("alice");
    assert_eq!(alice.open(&world, "/auth/initiate").await.text(), "hello alice");
    world
}

async fn c20_a_target_that_is_not_ours(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for target in [
        "https://evil.example/me",
        "https://app.acme.example.evil.example/",
        "https://app.acme.example@evil.example/",
        "https://app.acme.example:8443/me",
        "http://app.acme.example/me",
        "https://app.acme.example//evil.example",
        "https://app.acme.example/\\evil.example",
        "//evil.example",
        "/%2fevil.example",
        "javascript:alert(1)",
        "",
    ] {
        refuses(&world, &[("iss", ISSUER), ("target_link_uri", target)]).await;
    }
    world
}

async fn c20_parameters_that_repeat_or_cannot_be_read(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.initiation_parameters(["organization_id"])).await;
    for name in ["iss", "target_link_uri", "login_hint", "organization_id", "error", "idp_initiated_login"] {
        refuses(&world, &[("iss", ISSUER), (name, "/me"), (name, "/me")]).await;
    }
    refuses(&world, &[("iss", ISSUER), ("login_hint", &"x".repeat(513))]).await;
    refuses(&world, &[("iss", ISSUER), ("organization_id", "a\r\nb")]).await;
    let broken = Browser::new("alice").page(&world, "/auth/initiate?iss=https://acme.example&x=%zz").await;
    assert_refused(&broken, 400, "login.initiation_refused");
    world
}

async fn c20_a_post_that_is_no_form(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let form = Request::form("/auth/initiate", [("iss", ISSUER)]);
    let long = Request::form("/auth/initiate", [("iss", ISSUER), ("padding", &"x".repeat(16 * 1024))]);
    for request in [form.header("content-type", "application/json"), long] {
        let before = world.snapshot().await;
        assert_refused(&Browser::new("alice").send(&world, request).await, 400, "login.initiation_refused");
        world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    }
    world
}

async fn c20_an_error_of_the_provider_starts_nothing(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.initiation_without_issuer()).await;
    let query = [("error", "access_denied"), ("error_description", "<script>call 555-0100 now</script>")];
    let answer = refuses(&world, &query).await;
    assert!(!answer.text().contains("555") && !answer.text().contains("access_denied"), "{answer:?}");
    assert_eq!(trace::lines_with(&["could not start a login", "access_denied"]).len(), 1);
    world
}

async fn c20_nothing_but_a_page_load_starts_a_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let path = initiate(&[("iss", ISSUER)]);
    for (request, status, code) in [
        (Request::api(&path), 401, "auth.required"),
        (Request::new("POST", &path), 401, "auth.required"),
        (Request::page(&path).header("sec-purpose", "prefetch"), 503, "login.prefetch"),
    ] {
        let answer = world.receive(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        assert_eq!(answer.set_cookies().len(), 0);
    }
    assert_eq!(world.calls(), Calls::NONE);
    world
}

async fn c25_only_what_is_listed_is_passed_on(mount: &'static dyn Mount) -> World {
    let listed = ["organization_id", "invitation", "ui_locales"];
    let world = World::with(mount, move |rp| rp.initiation_parameters(listed)).await;
    let query = [
        ("iss", ISSUER),
        ("organization_id", "org_7"),
        ("invitation", "inv & 1"),
        ("connection_id", "conn_7"),
        ("prompt", "none"),
        ("redirect_uri", "https://evil.example"),
        ("scope", "admin"),
        ("state", "mine"),
    ];
    let sent = Browser::new("alice").page(&world, &initiate(&query)).await;
    let request = Parameters::of(sent.location());
    assert_eq!((request.get("organization_id"), request.get("invitation")), ("org_7", "inv & 1"));
    assert_eq!(request.get("redirect_uri"), "https://app.acme.example/auth/callback");
    assert!(request.get("state").len() == 43 && !request.get("scope").contains("admin"));
    for name in ["connection_id", "prompt", "ui_locales"] {
        assert!(request.0.iter().all(|(known, _)| known != name), "{name}");
    }
    world
}

async fn c20_a_tile_at_an_identity_provider(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let token = world.provider().idp_initiated_login(|claims| claims["relay_state"] = json!("/me?tab=2"));
    let sent = alice.page(&world, &initiate(&[("idp_initiated_login", &token)])).await;
    let request = Parameters::of(sent.location());
    for (name, value) in
        [("connection_id", "conn_1"), ("organization_id", "org_1"), ("login_hint", "alice@acme.example")]
    {
        assert_eq!(request.get(name), value);
    }
    assert_eq!(request.get("state").len(), 43, "our own, whatever the relay state is");
    let callback = world.path_of(&world.authorize(&alice, sent.location()).unwrap());
    assert_eq!(alice.page(&world, &callback).await.location(), "/me?tab=2");
    world
}

async fn c20_bm02_what_a_third_party_asked_for_outlives_a_fresh_start(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.initiation_parameters(["organization_id", "invitation"])).await;
    let listed = initiate(&[
        ("iss", ISSUER),
        ("target_link_uri", "/me?tab=2"),
        ("login_hint", "zoë+1@acme.example"),
        ("organization_id", "org_7"),
        ("invitation", "inv & 1"),
    ]);
    let signed = world.provider().idp_initiated_login(|claims| claims["relay_state"] = json!("/me?tab=2"));
    for path in [listed, initiate(&[("idp_initiated_login", &signed)])] {
        let (alice, sent, again) = overtaken(&world, &path).await;
        let callback = world.path_of(&world.authorize(&alice, again.location()).unwrap());
        assert_eq!(alice.page(&world, &callback).await.location(), "/me?tab=2");
        let [sent, again] = [sent, again].map(|answer| Parameters::of(answer.location()));
        for name in ["login_hint", "organization_id", "invitation", "connection_id"] {
            assert_eq!(again.find(name), sent.find(name), "{name}");
        }
        assert!(sent.find("organization_id").is_some());
        assert_ne!(again.get("state"), sent.get("state"));
    }
    world
}

async fn c03_c20_what_is_too_long_for_a_cookie_is_asked_for_once(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.initiation_parameters(["organization_id"])).await;
    let long = "x".repeat(512);
    let query = [("iss", ISSUER), ("target_link_uri", "/me?tab=2"), ("organization_id", long.as_str())];
    let (alice, sent, again) = overtaken(&world, &initiate(&query)).await;
    let callback = world.path_of(&world.authorize(&alice, again.location()).unwrap());
    assert_eq!(alice.page(&world, &callback).await.location(), "/me?tab=2");
    let [sent, again] = [sent, again].map(|answer| Parameters::of(answer.location()));
    assert_eq!((sent.get("organization_id"), again.find("organization_id")), (long.as_str(), None));
    world
}

async fn c20_a_relay_state_is_a_hint_of_no_more_than_a_page(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (relay_state, place) in [
        ("https://app.acme.example/me", "/me"),
        ("https://evil.example/me", "/"),
        ("//evil.example", "/"),
        ("opaque", "/"),
    ] {
        let alice = Browser::new("alice");
        let token = world.provider().idp_initiated_login(|claims| claims["relay_state"] = json!(relay_state));
        let callback = alice.start_login(&world, &initiate(&[("idp_initiated_login", &token)])).await;
        assert_eq!(alice.page(&world, &callback).await.location(), place, "{relay_state}");
    }
    world
}

async fn c20_a_token_starts_one_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let other_node = world.second_node().await;
    let token = world.provider().idp_initiated_login(|_| {});
    let path = initiate(&[("idp_initiated_login", &token)]);
    let alice = Browser::new("alice");
    assert_eq!(alice.page(&world, &path).await.status, 303);
    Browser::new("bob").log_in(&other_node).await;
    let before = world.state().await;
    for node in [&*world, &other_node] {
        let again = Browser::new("mallory").page(node, &path).await;
        assert_refused(&again, 400, "login.initiation_refused");
        assert_eq!(again.set_cookies().len(), 0);
    }
    assert_eq!(world.state().await, before);
    world
}

async fn c20_a_token_that_is_wrong_starts_none(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.initiation_without_issuer()).await;
    world.login("alice").await;
    let op = world.provider();
    let logout = op.logout_token("dashboard", |_| {});
    for (token, code) in [
        (
            op.idp_initiated_login(|claims| claims["iss"] = json!("https://evil.example")),
            "idp_initiated.issuer_mismatch",
        ),
        (op.idp_initiated_login(|claims| claims["connection_id"] = json!("")), "idp_initiated.wrong_kind"),
        (op.idp_initiated_login(|claims| claims["exp"] = json!(1)), "idp_initiated.expired"),
        (logout, "idp_initiated.wrong_type"),
        ("not.a.token".to_owned(), "jwt.malformed"),
        (String::new(), "jwt.malformed"),
    ] {
        let before = world.snapshot().await;
        let answer = Browser::new("alice").page(&world, &initiate(&[("idp_initiated_login", &token)])).await;
        assert_refused(&answer, 400, code);
        assert_eq!(answer.set_cookies().len(), 0);
        world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    }
    let token = op.idp_initiated_login(|_| {});
    refuses(&world, &[("iss", "https://evil.example"), ("idp_initiated_login", &token)]).await;
    world
}

async fn c20_a_token_is_not_spent_while_the_provider_is_out_of_reach(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let token = world.provider().idp_initiated_login(|_| {});
    let path = initiate(&[("idp_initiated_login", &token)]);
    world.store().fail_next(Verb::Now, Moment::Before);
    let alice = Browser::new("alice");
    let failed = alice.page(&world, &path).await;
    assert_eq!((failed.status, failed.set_cookies().len()), (503, 0), "{failed:?}");
    assert_eq!(alice.page(&world, &path).await.status, 303);
    world
}

/// A login that starts there, and that a logout overtakes: what is asked for at first and afterwards.
async fn overtaken(world: &World, path: &str) -> (Browser, Answer, Answer) {
    let alice = Browser::new("alice");
    let sent = alice.page(world, path).await;
    let callback = world.path_of(&world.authorize(&alice, sent.location()).unwrap());
    let sid = alice.sso().unwrap().sid;
    let logout = world.provider().logout_token(DASHBOARD, |claims| {
        claims["sub"] = json!("alice");
        claims["sid"] = json!(sid);
    });
    assert_eq!(world.receive(Request::logout_token(&logout)).await.status, 200);
    let again = alice.page(world, &callback).await;
    assert!(world.provider().is_authorization_url(again.location()), "{again:?}");
    (alice, sent, again)
}

/// That this initiation is refused, changes nothing and calls nobody.
async fn refuses(world: &World, query: &[(&str, &str)]) -> Answer {
    let alice = Browser::new("alice");
    let before = world.snapshot().await;
    let answer = alice.page(world, &initiate(query)).await;
    assert_refused(&answer, 400, "login.initiation_refused");
    assert_eq!(alice.cookies(world), [], "{query:?}");
    assert!(answer.text().contains("<a href=\"/auth/login?return_to=%2F\">Start again</a>"), "{answer:?}");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    answer
}

fn initiate(query: &[(&str, &str)]) -> String {
    format!("/auth/initiate?{}", Serializer::new(String::new()).extend_pairs(query).finish())
}

#[test]
fn c25_a_third_party_sets_nothing_of_the_protocol() {
    let provider = TestProvider::new("https://op.example").unwrap();
    let app = provider.provider().web_app("dashboard", ClientSecret::new("s"));
    let keys = CookieKeys::generate(app.provider().random().as_ref()).unwrap();
    for name in ["client_id", "redirect_uri", "state", "nonce", "scope", "prompt", "max_age", "request", ""] {
        let built = RelyingParty::builder(app.clone(), "https://app.example")
            .stored_sessions(MemoryStore::new(), keys.clone())
            .initiation_parameters(["organization_id", name])
            .build();
        assert_eq!(built.map(drop), Err(ConfigError::InitiationParameter), "{name}");
    }
}
