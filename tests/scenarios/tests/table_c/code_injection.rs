use scenarios::{Browser, Calls, Mount, World, on_every_mount};

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    c12_a_callback_replayed_at_another_node
    c14_a_stolen_code_at_a_provider_with_pkce
    c14_a_stolen_code_at_a_provider_without_pkce
}

/// The other node does not know that the state is spent; the provider does.
async fn c12_a_callback_replayed_at_another_node(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let kept = alice.cookies(&world).remove(0);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    let session = alice.session_cookie(&world);
    alice.plant(&world, &kept.name, &kept.value);
    world.settle().await;
    let before = world.snapshot().await;
    assert_refused(&alice.page(&second, &callback).await, 400, "token.oauth_error");
    let after = world.snapshot().await;
    assert_eq!(
        (after.state, after.writes, after.calls.token),
        (before.state, before.writes, before.calls.token + 1)
    );
    assert_eq!(alice.session_cookie(&world), session, "the session is not touched");
    assert_eq!(alice.page(&second, "/me").await.text(), "only for you, alice");
    world
}

async fn c14_a_stolen_code_at_a_provider_with_pkce(mount: &'static dyn Mount) -> World {
    stolen_code(World::new(mount).await, "token.oauth_error").await
}

async fn c14_a_stolen_code_at_a_provider_without_pkce(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().ignore_pkce();
    stolen_code(world, "id_token.nonce_mismatch").await
}

/// The attacker brings the victim's code to a login of his own.
async fn stolen_code(world: World, refusal: &str) -> World {
    let (alice, mallory) = (Browser::new("alice"), Browser::new("mallory"));
    world.login("carol").await;
    let victims = Parameters::of(&alice.start_login(&world, "/auth/login").await);
    let own = Parameters::of(&mallory.start_login(&world, "/auth/login").await);
    world.settle().await;
    let before = world.snapshot().await;
    let injected = own.with("code", victims.get("code")).path();
    assert_refused(&mallory.page(&world, &injected).await, 400, refusal);
    world.snapshot().await.assert_unchanged_since(&before, Calls::TOKEN);
    assert_eq!(mallory.session_cookie(&world), None);
    assert_eq!(mallory.page(&world, "/").await.text(), "hello stranger");
    world
}
