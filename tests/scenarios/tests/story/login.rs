use scenarios::{Browser, Mount, World, on_every_mount};

on_every_mount! {
    a_login_comes_back_to_where_it_began
}

async fn a_login_comes_back_to_where_it_began(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");

    let challenged = alice.page(&world, "/me?tab=2").await;
    assert_eq!((challenged.status, challenged.location()), (303, "/auth/login?return_to=%2Fme%3Ftab%3D2"));
    let sent = alice.page(&world, challenged.location()).await;
    let callback = world.authorize(&alice, sent.location()).unwrap();
    let back = alice.page(&world, &world.path_of(&callback)).await;
    assert_eq!((back.status, back.location()), (303, "/me?tab=2"));

    assert_eq!(alice.page(&world, "/me?tab=2").await.text(), "only for you, alice");
    assert_eq!(alice.page(&world, "/").await.text(), "hello alice");
    assert_eq!(world.calls().token, 1);
    world
}
