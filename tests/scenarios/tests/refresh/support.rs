use std::time::Duration;

use scenarios::{Bare, Browser, Calls, Node, World, provider::ACCESS_TOKEN_LIFETIME};
use vestibule::{AccessToken, Diagnose};
use vestibule_web::{Session, SessionError};

/// A world and a browser in it whose access token has ended.
pub(crate) async fn world_with_a_due_session() -> (World, Browser) {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    (world, alice)
}

/// Asks a session for its access token in a task of its own, as a request does.
pub(crate) fn ask(session: &Session) -> tokio::task::JoinHandle<Result<Serial, SessionError>> {
    let session = session.clone();
    tokio::spawn(async move { session.access_token().await.map(|token| serial(&token)) })
}

/// Which access token it is.
pub(crate) type Serial = String;

pub(crate) fn serial(token: &AccessToken) -> Serial {
    token.expose().rsplit('.').next().unwrap_or_default().to_owned()
}

/// Status and error code of a request that needs an access token.
pub(crate) async fn refused(browser: &Browser, node: &Node) -> (u16, String) {
    let answer = browser.api(node, "/api/token").await;
    (answer.status, answer.code())
}

/// The access token that a request finds.
pub(crate) async fn renewed(browser: &Browser, node: &Node) -> Serial {
    let answer = browser.api(node, "/api/token").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text().to_owned()
}

/// The error code of a refusal.
pub(crate) fn code(outcome: Result<Serial, SessionError>) -> &'static str {
    outcome.expect_err("it is refused").code()
}

/// That the session had ended. A store that has deleted the record by now no longer knows why.
pub(crate) fn assert_ended(outcome: Result<Serial, SessionError>) {
    let code = code(outcome);
    assert!(["session.revoked", "session.gone"].contains(&code), "{code}");
}

/// Calls of the token endpoint, and of the revocation endpoint. Keys and metadata are renewed as they age.
pub(crate) fn grant_calls(calls: Calls) -> (usize, usize) {
    (calls.token, calls.revocation)
}

/// Lets everything that can go on do so, without any time passing.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
