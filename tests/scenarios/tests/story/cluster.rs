use scenarios::{Browser, Mount, Request, World, on_every_mount};

on_every_mount! {
    every_node_knows_every_session
    a_login_may_end_at_another_node
    a_logout_heard_by_one_node_counts_at_all
    a_form_may_go_to_another_node
}

async fn every_node_knows_every_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    assert_eq!(alice.page(&second, "/me").await.text(), "only for you, alice");
    assert_eq!(alice.api(&second, "/api/visits").await.text(), "1");
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    world
}

async fn a_login_may_end_at_another_node(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    assert_eq!(alice.page(&second, &callback).await.location(), "/me");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn a_logout_heard_by_one_node_counts_at_all(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (second, third) = (world.second_node().await, world.second_node().await);
    let alice = world.login("alice").await;
    for notice in world.provider().log_out(&alice) {
        assert_eq!(third.receive(Request::logout_token(&notice.logout_token)).await.status, 200);
    }
    for node in [&world, &second, &third] {
        assert_eq!(alice.api(node, "/api/me").await.status, 401);
        assert_eq!(alice.page(node, "/").await.text(), "hello stranger");
    }
    world
}

async fn a_form_may_go_to_another_node(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let form = Request::form("/rename", [("name", "Alicia"), ("csrf", csrf.as_str())]);
    assert_eq!(alice.send(&second, form).await.text(), "alice is now Alicia");
    world
}
