use scenarios::{Browser, Calls, Mount, World, on_every_mount};
use serde_json::json;

use crate::attempt::{Parameters, Pending, assert_refused, refuses, refuses_in};

on_every_mount! {
    c05_an_answer_to_another_application
    c05_a_code_for_another_application
    c05_a_pending_login_of_another_application
    c06_wrong_iss
    c06_no_iss_though_promised
    c06_iss_with_a_slash
    c06_iss_in_capitals
    c06_an_empty_iss
    c06_two_iss
    c06_wrong_iss_beside_an_error
    c06_no_iss_beside_an_error
    c06_wrong_iss_though_not_promised
    c06_no_iss_where_none_is_promised
}

async fn c05_an_answer_to_another_application(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = Browser::new("alice");
    let for_docs = alice.start_login(&docs, "/auth/login").await;
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &for_docs).await, 400, "callback.state_unbound");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert_eq!(alice.page(&docs, &for_docs).await.status, 303, "where it belongs it counts");
    world
}

async fn c05_a_code_for_another_application(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = Browser::new("alice");
    let for_docs = Parameters::of(&alice.start_login(&docs, "/auth/login").await);
    let ours = Parameters::of(&alice.start_login(&world, "/auth/login").await);
    world.settle().await;
    let before = world.snapshot().await;
    let mixed = ours.with("code", for_docs.get("code")).path();
    assert_refused(&alice.page(&world, &mixed).await, 400, "token.oauth_error");
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    assert_eq!(alice.session_cookie(&world), None);
    world
}

/// Even under the right name it opens nothing: its seal says where it belongs.
async fn c05_a_pending_login_of_another_application(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let docs = world.other_application().await;
    let alice = Browser::new("alice");
    alice.start_login(&docs, "/auth/login").await;
    let ours = alice.start_login(&world, "/auth/login").await;
    let (name, of_docs) = (alice.cookies(&world).remove(0).name, alice.cookies(&docs).remove(0).value);
    alice.plant(&world, &name, &of_docs);
    let before = world.snapshot().await;
    assert_refused(&alice.page(&world, &ours).await, 400, "callback.state_invalid");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}

async fn c06_wrong_iss(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| query.with("iss", "https://evil.example"))
        .await
}

async fn c06_no_iss_though_promised(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| query.without("iss")).await
}

async fn c06_iss_with_a_slash(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| query.with("iss", "https://acme.example/"))
        .await
}

async fn c06_iss_in_capitals(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| query.with("iss", "https://ACME.example"))
        .await
}

async fn c06_an_empty_iss(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| query.with("iss", "")).await
}

async fn c06_two_iss(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.duplicate_param", Pending::Waits, |query| {
        query.also("iss", "https://acme.example")
    })
    .await
}

async fn c06_wrong_iss_beside_an_error(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| {
        query.without("code").also("error", "access_denied").with("iss", "https://evil.example")
    })
    .await
}

async fn c06_no_iss_beside_an_error(mount: &'static dyn Mount) -> World {
    refuses(mount, "callback.iss_mismatch", Pending::Over, |query| {
        query.without("code").also("error", "access_denied").without("iss")
    })
    .await
}

async fn c06_wrong_iss_though_not_promised(mount: &'static dyn Mount) -> World {
    let world = without_the_promise(mount).await;
    refuses_in(world, "callback.iss_mismatch", Pending::Over, |query| {
        query.with("iss", "https://evil.example")
    })
    .await
}

async fn c06_no_iss_where_none_is_promised(mount: &'static dyn Mount) -> World {
    let world = without_the_promise(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let older = Parameters::of(&callback).without("iss").path();
    assert_eq!(alice.page(&world, &older).await.location(), "/me");
    world
}

async fn without_the_promise(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_metadata(|document| {
        document["authorization_response_iss_parameter_supported"] = json!(false);
    });
    world
}
