use scenarios::{API, Browser, Calls, Mount, Request, World, on_every_mount};
use serde_json::json;
use vestibule_web::conformance::Verb;

on_every_mount! {
    who_has_the_right_goes_on
    g05_who_lacks_a_right_is_refused
    one_of_two_rights_is_enough
    layers_and_extractors_are_met_one_by_one
    c27_an_anonymous_visitor_logs_in_first
    h07_an_outage_of_the_store_is_no_refusal
    a_right_of_another_kind_does_not_count
    g05_an_access_token_is_judged_where_one_is_sent
}

/// What each place needs, as the refusal says it.
const PLACES: [(&str, &str); 5] = [
    ("/needs/role", "role admin"),
    ("/needs/permission", "permission orders:write"),
    ("/needs/scope", "scope orders:read"),
    ("/needs/organization", "organization org_1"),
    ("/needs/email", "a verified e-mail address"),
];

async fn world_of_an_admin(mount: &'static dyn Mount) -> (World, Browser) {
    let world = World::new(mount).await;
    let rights = json!({
        "roles": ["staff", "admin"],
        "permissions": ["orders:write"],
        "org_id": "org_1",
        "email_verified": true,
    });
    world.provider().describe("alice", rights);
    world.provider().alter_token_answer(|answer| answer["scope"] = json!("openid orders:read"));
    let alice = world.login("alice").await;
    (world, alice)
}

async fn who_has_the_right_goes_on(mount: &'static dyn Mount) -> World {
    let (world, alice) = world_of_an_admin(mount).await;
    let before = world.snapshot().await;
    let loads = world.store().calls(Verb::Load);
    for (path, _) in PLACES {
        let answer = alice.page(&world, path).await;
        assert_eq!(answer.text(), "only for you, alice", "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(world.store().calls(Verb::Load), loads + PLACES.len(), "one look each");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn g05_who_lacks_a_right_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().describe("alice", json!({ "roles": ["admins", "Admin"], "email_verified": "true" }));
    let alice = world.login("alice").await;
    let before = world.snapshot().await;
    for (path, needs) in PLACES {
        let page = alice.page(&world, path).await;
        assert_eq!((page.status, page.code().as_str()), (403, "guard.forbidden"), "{path}");
        assert!(page.text().contains(&format!("It needs <em>{needs}</em>")), "{page:?}");
        assert!(!page.text().contains("Start again"), "another login would not help");
        for request in [Request::api(path), Request::form(path, [])] {
            let answer = alice.send(&world, request).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "guard.forbidden"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        let answer = alice.api(&world, path).await.json();
        assert_eq!(answer["title"], format!("this needs {needs}"));
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn one_of_two_rights_is_enough(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (role, status) in [("owner", 200), ("admin", 200), ("editor", 403)] {
        world.provider().describe("alice", json!({ "roles": [role] }));
        let alice = world.login("alice").await;
        assert_eq!(alice.page(&world, "/needs/either").await.status, status, "{role}");
    }
    world
}

async fn layers_and_extractors_are_met_one_by_one(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (role, permission) = (json!(["admin"]), json!(["orders:write"]));
    for (claims, refusal) in [
        (json!({}), Some("this needs role admin")),
        (json!({ "permissions": permission }), Some("this needs role admin")),
        (json!({ "roles": role }), Some("this needs permission orders:write")),
        (json!({ "roles": role, "permissions": permission }), None),
    ] {
        world.provider().describe("alice", claims);
        let alice = world.login("alice").await;
        let answer = alice.api(&world, "/needs/role/billing").await;
        match refusal {
            Some(refusal) => assert_eq!(answer.json()["title"], refusal),
            None => assert_eq!(answer.text(), "only for you, alice"),
        }
    }
    world
}

async fn c27_an_anonymous_visitor_logs_in_first(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let nobody = Browser::new("alice");
    let before = world.snapshot().await;
    for path in ["/needs/role", "/needs/mfa", "/needs/role/billing"] {
        let page = nobody.page(&world, &format!("{path}?tab=2")).await;
        let place = path.replace('/', "%2F");
        assert_eq!(page.status, 303);
        assert_eq!(page.location(), format!("/auth/login?return_to={place}%3Ftab%3D2"));
    }
    for request in [
        Request::api("/needs/role"),
        Request::api("/needs/role/billing"),
        Request::form("/needs/role", []),
        Request::form("/needs/mfa", []),
    ] {
        let answer = nobody.send(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer resource_metadata="), "a token would do, too: {challenge}");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn h07_an_outage_of_the_store_is_no_refusal(mount: &'static dyn Mount) -> World {
    let (world, alice) = world_of_an_admin(mount).await;
    world.store().outage(true);
    for path in ["/needs/role", "/needs/fresh", "/needs/role/billing"] {
        for request in [Request::page(path), Request::api(path)] {
            let answer = alice.send(&world, request).await;
            assert_eq!((answer.status, answer.code().as_str()), (503, "store.unavailable"), "{path}");
        }
    }
    world
}

async fn a_right_of_another_kind_does_not_count(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let rights = json!({ "permissions": ["admin"], "roles": ["orders:write", "org_1"], "org_id": "admin" });
    world.provider().describe("alice", rights);
    let alice = world.login("alice").await;
    for (path, _) in PLACES {
        assert_eq!(alice.api(&world, path).await.code(), "guard.forbidden", "{path}");
    }
    world
}

async fn g05_an_access_token_is_judged_where_one_is_sent(mount: &'static dyn Mount) -> World {
    let (world, alice) = world_of_an_admin(mount).await;
    let call = |path: &str, scope: &str| {
        let token = world.provider().access_token(API, |claims| claims["scope"] = json!(scope));
        Request::api(path).header("authorization", format!("Bearer {token}"))
    };
    let answer = alice.send(&world, call("/needs/scope", "openid orders:read")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let before = world.snapshot().await;
    for (path, code, status, told) in [
        ("/needs/scope", "rs.scope", 403, "error=\"insufficient_scope\""),
        ("/needs/scope", "rs.scope", 403, "scope=\"orders:read\""),
        ("/needs/role", "guard.forbidden", 403, "error=\"insufficient_scope\""),
        ("/needs/mfa", "guard.step_up_required", 401, "error=\"insufficient_user_authentication\""),
        ("/needs/mfa", "guard.step_up_required", 401, "acr_values=\"urn:mfa\""),
    ] {
        // The session would do, and does not count.
        let answer = alice.send(&world, call(path, "openid orders")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path}");
        assert!(answer.header("www-authenticate").unwrap().contains(told), "{answer:?}");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}
