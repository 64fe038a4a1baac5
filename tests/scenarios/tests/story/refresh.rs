use std::time::Duration;

use futures_util::future::join_all;
use scenarios::{
    Call, Mount, World, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, fault},
};

on_every_mount! {
    an_access_token_is_renewed_when_it_is_due
    d13_many_requests_renew_it_once
    d14_two_nodes_renew_it_once
    d18_an_outage_is_not_noticed_while_the_token_lives
    d18_an_outage_does_not_end_the_session
    d17_a_session_that_the_provider_ended_is_over
}

async fn an_access_token_is_renewed_when_it_is_due(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let first = alice.api(&world, "/api/token").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME - 32));
    assert_eq!(alice.api(&world, "/api/token").await.text(), first.text());
    assert_eq!(world.calls().token, 1);

    world.advance(Duration::from_secs(2));
    let second = alice.api(&world, "/api/token").await;
    assert_ne!(second.text(), first.text());
    assert_eq!(alice.api(&world, "/api/token").await.text(), second.text());
    assert_eq!(world.calls().token, 2);

    // The refresh token was rotated: the next renewal spends the new one.
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let third = alice.api(&world, "/api/token").await;
    assert_eq!((third.status, third.text() != second.text(), world.calls().token), (200, true, 3));
    world
}

async fn d13_many_requests_renew_it_once(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let answers = join_all((0..50).map(|_| alice.api(&world, "/api/token"))).await;
    assert!(answers.iter().all(|answer| answer == &answers[0] && answer.status == 200), "{answers:?}");
    assert_eq!(world.calls().token, 2);
    world
}

async fn d14_two_nodes_renew_it_once(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let nodes = (0..50).map(|i| if i % 2 == 0 { &*world } else { &second });
    let answers = join_all(nodes.map(|node| alice.api(node, "/api/token"))).await;
    assert!(answers.iter().all(|answer| answer == &answers[0] && answer.status == 200), "{answers:?}");
    assert_eq!(world.calls().token, 2);
    world
}

async fn d18_an_outage_is_not_noticed_while_the_token_lives(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let first = alice.api(&world, "/api/token").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME - 20));
    world.provider().fault(Call::Token, || fault::unavailable(1));
    assert_eq!(alice.api(&world, "/api/token").await, first);
    world
}

async fn d18_an_outage_does_not_end_the_session(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().fault(Call::Token, || fault::unavailable(17));
    let refused = alice.api(&world, "/api/token").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "refresh.unavailable"));
    assert_eq!(refused.header("retry-after"), Some("17"));
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");

    world.provider().repair(Call::Token);
    world.advance(Duration::from_secs(17));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    world
}

async fn d17_a_session_that_the_provider_ended_is_over(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    world.provider().log_out(&alice);
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    let refused = alice.api(&world, "/api/token").await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "refresh.revoked"));
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
    assert_eq!(world.state().await.sessions, []);
    world
}
