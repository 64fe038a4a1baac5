//! One refresh in this process, whoever asks, leaves or panics.

use scenarios::{Call, Calls, crash::drop_at};

use crate::support::{ask, code, grant_calls, renewed, settle, world_with_a_due_session};

#[tokio::test(start_paused = true)]
async fn d13_a_hundred_tasks_make_one_call() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    let session = alice.session(&world).await;
    let tasks: Vec<_> = (0..100).map(|_| ask(&session)).collect();
    let mut tokens = Vec::new();
    for task in tasks {
        tokens.push(task.await.unwrap().unwrap());
    }
    tokens.dedup();
    assert_eq!(tokens, [renewed(&alice, &world).await]);
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

#[tokio::test(start_paused = true)]
async fn d13_a_leader_that_leaves_takes_nobody_along() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    let held = world.provider().hold(Call::Token);
    let session = alice.session(&world).await;
    let leader = ask(&session);
    held.reached().await;
    let waiter = ask(&session);
    settle().await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    held.release();
    assert_eq!(waiter.await.unwrap().unwrap(), renewed(&alice, &world).await);
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

#[tokio::test(start_paused = true)]
async fn d13_a_waiter_that_leaves_disturbs_nobody() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    let held = world.provider().hold(Call::Token);
    let session = alice.session(&world).await;
    let leader = ask(&session);
    held.reached().await;
    let waiters: Vec<_> = (0..10).map(|_| ask(&session)).collect();
    settle().await;
    waiters.iter().for_each(|waiter| waiter.abort());
    held.release();
    assert_eq!(leader.await.unwrap().unwrap(), renewed(&alice, &world).await);
    assert_eq!(world.calls() - before, Calls::TOKEN);
}

#[tokio::test(start_paused = true)]
async fn d13_a_leader_that_panics_is_replaced() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    world.provider().fault(Call::Token, || panic!("asked for by a test"));
    let session = alice.session(&world).await;
    let tasks: Vec<_> = (0..10).map(|_| ask(&session)).collect();
    settle().await;
    assert_eq!(world.calls() - before, Calls::TOKEN, "the first one panicked by now");

    world.provider().repair(Call::Token);
    world.let_time_run();
    let mut tokens = Vec::new();
    for task in tasks {
        tokens.push(task.await.unwrap().unwrap());
    }
    tokens.dedup();
    assert_eq!(tokens, [renewed(&alice, &world).await]);
    assert_eq!(world.calls() - before, Calls { token: 2, ..Calls::NONE }, "one that panicked, one for all");
}

#[tokio::test(start_paused = true)]
async fn d13_panics_without_end_are_an_error_and_no_loop() {
    let (world, alice) = world_with_a_due_session().await;
    let before = world.calls();
    world.provider().fault(Call::Token, || panic!("asked for by a test"));
    world.let_time_run();
    let session = alice.session(&world).await;
    let tasks = [ask(&session), ask(&session)];
    for task in tasks {
        assert_eq!(code(task.await.unwrap()), "refresh.busy");
    }
    assert!((world.calls() - before).token <= 3, "{:?}", world.calls());
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");

    world.provider().repair(Call::Token);
    tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    renewed(&alice, &world).await;
}

#[tokio::test(start_paused = true)]
async fn d15_sessions_are_told_apart() {
    let (world, alice) = world_with_a_due_session().await;
    let other_browser = world.login("alice").await;
    let bob = world.login("bob").await;
    world.advance(std::time::Duration::from_secs(scenarios::provider::ACCESS_TOKEN_LIFETIME));
    let before = world.calls();
    let browsers = [&alice, &other_browser, &bob];
    let mut tasks = Vec::new();
    for browser in browsers {
        let session = browser.session(&world).await;
        tasks.extend([(browser, ask(&session)), (browser, ask(&session))]);
    }
    let mut tokens = Vec::new();
    for (browser, task) in tasks {
        let token = task.await.unwrap().unwrap();
        assert_eq!(token, renewed(browser, &world).await);
        tokens.push(token);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "{tokens:?}");
    assert_eq!(grant_calls(world.calls() - before), (3, 0));
}

/// The client hangs up at any point: either nothing began, or the tokens are there for the next request.
#[tokio::test(start_paused = true)]
async fn h18_a_client_that_hangs_up_anywhere_loses_no_token() {
    let mut finished = false;
    for points in 0.. {
        let (world, alice) = world_with_a_due_session().await;
        world.store().remote();
        let before = world.calls();
        let answer = drop_at(points, alice.api(&world, "/api/token")).await;
        finished = answer.is_some_and(|answer| answer.status == 200);
        settle().await;
        renewed(&alice, &world).await;
        assert_eq!(world.calls() - before, Calls::TOKEN, "dropped at {points}");
        assert_eq!(world.provider().live_grants(), 1, "no token was spent twice");
        if finished {
            assert!(points > 10, "{points} await points");
            break;
        }
    }
    assert!(finished);
}
