use scenarios::{Browser, Mount, World, on_every_mount};

on_every_mount! {
    c21_a_planted_handle_becomes_no_session
    c21_a_login_changes_the_handle
    c21_the_same_user_gets_a_new_handle_too
    c21_nothing_moves_from_the_old_session
    c22_another_user_replaces_the_session_whole
}

async fn c21_a_planted_handle_becomes_no_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let name = world.login("carol").await.session_cookie(&world).unwrap().name;
    let (alice, planted) = (Browser::new("alice"), "p".repeat(43));
    alice.plant(&world, &name, &planted);
    alice.log_in(&world).await;
    assert_ne!(alice.session_cookie(&world).unwrap().value, planted);
    let attacker = Browser::new("mallory");
    attacker.plant(&world, &name, &planted);
    assert_eq!(attacker.page(&world, "/").await.text(), "hello stranger");
    world
}

async fn c21_a_login_changes_the_handle(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let old = alice.session_cookie(&world).unwrap();
    alice.hand_over_to("bob");
    alice.log_in(&world).await;
    assert_ne!(alice.session_cookie(&world).unwrap().value, old.value);
    let thief = Browser::new("mallory");
    thief.plant(&world, &old.name, &old.value);
    for node in [&*world, &second] {
        assert_eq!(thief.page(node, "/").await.text(), "hello stranger", "the old handle is dead at once");
    }
    world
}

async fn c21_the_same_user_gets_a_new_handle_too(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let old = alice.session_cookie(&world).unwrap();
    alice.log_in(&world).await;
    assert_ne!(alice.session_cookie(&world).unwrap().value, old.value);
    assert_eq!(world.state().await.sessions.len(), 1);
    world
}

async fn c21_nothing_moves_from_the_old_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    alice.api(&world, "/api/visits").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    let csrf = alice.csrf(&world).await;
    alice.log_in(&world).await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "1");
    assert_ne!(alice.csrf(&world).await, csrf);
    world
}

async fn c22_another_user_replaces_the_session_whole(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let browser = world.login("alice").await;
    browser.api(&world, "/api/visits").await;
    let token = browser.api(&world, "/api/token").await;
    browser.hand_over_to("bob");
    browser.log_in(&world).await;
    assert_eq!(browser.api(&world, "/api/me").await.json()["sub"], "bob");
    assert_eq!(browser.api(&world, "/api/visits").await.text(), "1");
    assert_ne!(browser.api(&world, "/api/token").await.text(), token.text());
    let owners: Vec<_> = world.state().await.sessions.into_iter().map(|(owner, _)| owner).collect();
    assert_eq!(owners, ["dashboard/bob"]);
    world
}
