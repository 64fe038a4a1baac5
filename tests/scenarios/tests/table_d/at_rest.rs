use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use scenarios::{Browser, Mount, World, on_every_mount, provider::ACCESS_TOKEN_LIFETIME};

on_every_mount! {
    d09_a_dump_of_the_store_is_no_set_of_cookies
    d09_tokens_open_in_their_own_record_alone
    d09_no_token_lies_in_the_clear
}

async fn d09_a_dump_of_the_store_is_no_set_of_cookies(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let name = alice.session_cookie(&world).unwrap().name;
    let record = world.record(&alice).await;
    let thief = Browser::new("mallory");
    for dumped in
        [&record.key.as_bytes()[..], record.public_id.as_bytes(), record.refresh.unwrap().as_bytes()]
    {
        thief.plant(&world, &name, &BASE64_URL_SAFE_NO_PAD.encode(dumped));
        assert_eq!(thief.page(&world, "/").await.text(), "hello stranger");
    }
    world
}

async fn d09_tokens_open_in_their_own_record_alone(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let (of_alice, of_bob) = (world.record(&alice).await, world.record(&bob).await);
    world.write_grant(&alice, of_bob.grant.clone()).await;
    world.write_grant(&bob, of_alice.grant.clone()).await;
    let before = world.calls();
    for browser in [&alice, &bob] {
        let refused = browser.api(&world, "/api/token").await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "session.no_access_token"));
    }
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_eq!(alice.api(&world, "/api/token").await.status, 401);
    assert_eq!(world.calls().token, before.token, "no token of another session is sent");
    world
}

async fn d09_no_token_lies_in_the_clear(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let record = world.record(&alice).await;
    let stored = String::from_utf8_lossy(&record.grant).into_owned();
    assert!(stored.contains("alice"), "who it is may be read");
    let handle = alice.session_cookie(&world).unwrap().value;
    for secret in world.provider().secrets().into_iter().chain([handle]) {
        assert!(!stored.contains(&secret), "{secret}");
    }
    world
}
