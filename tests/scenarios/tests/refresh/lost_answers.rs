//! An answer that was lost on its way: the refresh token may be spent (checklist D20).

use std::time::Duration;

use scenarios::{Call, Calls, provider::fault};

use crate::support::{refused, renewed, world_with_a_due_session};

const TWO: Calls = Calls { token: 2, ..Calls::NONE };

#[tokio::test(start_paused = true)]
async fn d20_a_lost_answer_is_asked_for_once_more() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().forgive_reuse();
    world.provider().lose_answer(Call::Token);
    let before = world.calls();
    renewed(&alice, &world).await;
    assert_eq!(world.calls() - before, TWO);
}

#[tokio::test(start_paused = true)]
async fn d20_a_lost_answer_where_reuse_is_not_forgiven_is_uncertain() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().lose_answer(Call::Token);
    let before = world.calls();
    assert_eq!(refused(&alice, &world).await, (401, "refresh.uncertain".into()));
    assert_eq!(world.calls() - before, TWO);
    assert_eq!(world.state().await.sessions, []);
    assert_eq!(alice.page(&world, "/").await.text(), "hello stranger");
}

#[tokio::test(start_paused = true)]
async fn d20_two_lost_answers_keep_the_session_and_the_old_token() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().forgive_reuse();
    world.provider().lose_answer(Call::Token);
    world.provider().lose_answer(Call::Token);
    let before = world.calls();
    assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
    assert_eq!(world.calls() - before, TWO, "one retry, not more");
    assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
    world.advance(Duration::from_secs(1));
    renewed(&alice, &world).await;
}

/// What one refresh could not know, the next one remembers.
#[tokio::test(start_paused = true)]
async fn d20_a_refusal_after_two_lost_answers_is_uncertain() {
    let (world, alice) = world_with_a_due_session().await;
    world.provider().lose_answer(Call::Token);
    world.provider().lose_answer(Call::Token);
    assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
    world.advance(Duration::from_secs(1));
    assert_eq!(refused(&alice, &world).await, (401, "refresh.uncertain".into()));
    assert_eq!(world.state().await.sessions, []);
}

#[tokio::test(start_paused = true)]
async fn d20_a_refusal_after_a_lost_answer_and_an_outage_is_uncertain() {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    world.provider().lose_answer(Call::Token);
    world.provider().fault(Call::Token, || fault::unavailable(0));
    assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
    world.provider().repair(Call::Token);
    world.provider().log_out(&alice);
    world.advance(Duration::from_secs(1));
    assert_eq!(refused(&alice, &second).await, (401, "refresh.uncertain".into()), "on another node too");
}

/// An unknown outcome blocks nobody: the next refresh starts as soon as the pause is over.
#[tokio::test(start_paused = true)]
async fn d20_an_unknown_outcome_leaves_neither_lease_nor_open_attempt() {
    let (world, alice) = world_with_a_due_session().await;
    let second = world.second_node().await;
    world.provider().forgive_reuse();
    world.provider().lose_answer(Call::Token);
    world.provider().lose_answer(Call::Token);
    assert_eq!(refused(&alice, &world).await, (503, "refresh.unavailable".into()));
    renewed(&alice, &second).await;
}
