use std::time::Duration;

use scenarios::{Answer, Browser, DASHBOARD, Node, Request, World, meter};
use vestibule_web::conformance::{Moment, Verb};

/// A logout token about everything that a user has.
pub(crate) fn token_for(world: &World, sub: &str) -> String {
    world.provider().logout_token(DASHBOARD, |claims| {
        claims["sub"] = sub.into();
        claims.as_object_mut().expect("an object").remove("sid");
    })
}

pub(crate) async fn hear(node: &Node, token: &str) -> Answer {
    node.receive(Request::logout_token(token)).await
}

/// Hears a logout that the store does not take.
pub(crate) async fn hear_in_vain(node: &Node, token: &str) {
    let answer = hear(node, token).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "store.unavailable"));
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
}

/// Whether a browser is signed in at a node.
pub(crate) async fn is_in(browser: &Browser, node: &Node) -> bool {
    let answer = browser.page(node, "/").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text() != "hello stranger"
}

/// Lets the store refuse that many revocations from now on, and take the next one.
pub(crate) fn refuse(world: &World, revocations: usize) {
    for _ in 0..revocations {
        world.store().fail_next(Verb::Revoke, Moment::Before);
    }
}

/// Lets enough time pass for whatever waits to reach a store that takes it.
pub(crate) async fn land() {
    tokio::time::sleep(Duration::from_secs(60)).await;
}

pub(crate) fn waiting() -> Vec<String> {
    meter::lines("vestibule_unconfirmed")
}
