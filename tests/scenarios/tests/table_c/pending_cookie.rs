use scenarios::{Browser, Calls, Mount, World, on_every_mount};

use crate::attempt::assert_refused;

on_every_mount! {
    c03_what_cannot_be_read_makes_way_first
    c03_a_place_that_is_too_long_is_shortened
    c19_the_callback_takes_no_place
    c19_an_altered_pending_login
    c19_a_lengthened_pending_login
}

async fn c03_what_cannot_be_read_makes_way_first(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let name = alice.cookies(&world).remove(0).name;
    for junk in 0..9 {
        let junk_name = format!("{}{junk:016x}", &name[..name.len() - 16]);
        alice.plant(&world, &junk_name, "junk");
    }
    alice.page(&world, "/auth/login").await;
    assert_eq!(alice.cookies(&world).len(), 8);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}

async fn c03_a_place_that_is_too_long_is_shortened(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let path = format!("/auth/login?return_to=%2Fme%3F{}", "x".repeat(1500));
    let callback = alice.start_login(&world, &path).await;
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    let path = format!("/auth/login?return_to=%2F{}", "x".repeat(1500));
    let callback = alice.start_login(&world, &path).await;
    assert_eq!(alice.page(&world, &callback).await.location(), "/");
    world
}

async fn c19_the_callback_takes_no_place(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let urged = format!("{callback}&return_to=%2Fnews&redirect_uri=https%3A%2F%2Fevil.example");
    assert_eq!(alice.page(&world, &urged).await.location(), "/me");
    world
}

async fn c19_an_altered_pending_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let genuine = alice.cookies(&world).remove(0);
    let before = world.snapshot().await;
    for at in (0..genuine.value.len()).step_by(7) {
        let mut altered = genuine.value.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        alice.plant(&world, &genuine.name, std::str::from_utf8(&altered).unwrap());
        assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_invalid");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    alice.plant(&world, &genuine.name, &genuine.value);
    assert_eq!(alice.page(&world, &callback).await.location(), "/me");
    world
}

async fn c19_a_lengthened_pending_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let genuine = alice.cookies(&world).remove(0);
    let before = world.snapshot().await;
    for value in [
        "",
        "A",
        &genuine.value[1..],
        &genuine.value[..20],
        &format!("{}AAAA", genuine.value),
        &format!("\"{}\"", genuine.value),
    ] {
        alice.plant(&world, &genuine.name, value);
        assert_refused(&alice.page(&world, &callback).await, 400, "callback.state_invalid");
    }
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    world
}
