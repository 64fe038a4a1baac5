use scenarios::{Answer, Browser, DASHBOARD, Node, Request, Snapshot, World, provider::ISSUER};
use serde_json::{Value, json};
use vestibule::testing::{TestIssuer, TestKey};

/// The provider's own signer: its keys are the same all over this process.
pub(crate) fn issuer() -> TestIssuer {
    TestIssuer::new(ISSUER)
}

/// The key that it signs with.
pub(crate) fn key() -> TestKey {
    issuer().keys()[0].clone()
}

/// A logout token about a user, a session of the provider, or both.
pub(crate) fn token(world: &World, sub: Option<&str>, sid: Option<&str>) -> String {
    world.provider().logout_token(DASHBOARD, |claims| {
        for (claim, value) in [("sub", sub), ("sid", sid)] {
            claims[claim] = json!(value);
            if value.is_none() {
                without(claims, claim);
            }
        }
    })
}

/// A logout token about everything that a user has.
pub(crate) fn token_for(world: &World, sub: &str) -> String {
    token(world, Some(sub), None)
}

/// What a browser's session is called at the provider.
pub(crate) fn sid(browser: &Browser) -> String {
    browser.sso().expect("logged in at the provider").sid
}

pub(crate) fn without(claims: &mut Value, claim: &str) {
    claims.as_object_mut().expect("an object").remove(claim);
}

pub(crate) fn with(mut object: Value, member: &str, value: impl Into<Value>) -> Value {
    object[member] = value.into();
    object
}

/// Posts a logout token to a node.
pub(crate) async fn hear(node: &Node, token: &str) -> Answer {
    node.receive(Request::logout_token(token)).await
}

/// The whole answer to a logout that was carried out (Back-Channel Logout section 2.8).
pub(crate) fn assert_done(answer: &Answer) {
    let expected = Answer { status: 200, headers: headers(&[]), body: Default::default() };
    assert_eq!(*answer, expected);
}

/// The whole answer to one that was not, for this reason.
pub(crate) fn assert_refused(answer: &Answer, code: &str, what: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (400, code), "{what}");
    assert_eq!(answer.headers, headers(&[("content-type", "application/json")]), "{what}");
    let body = answer.json();
    let members: Vec<_> = body.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["code", "correlation", "error", "error_description"], "{what}");
}

/// No cookie, no redirect, no CORS: nothing but these and the ones given.
fn headers(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let always = [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("vary", "cookie"),
        ("x-content-type-options", "nosniff"),
    ];
    let mut headers: Vec<_> =
        always.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.sort();
    headers
}

/// Whether a browser is signed in at a node.
pub(crate) async fn is_in(browser: &Browser, node: &Node) -> bool {
    let answer = browser.page(node, "/").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text() != "hello stranger"
}

/// What is there once nothing is under way any more.
pub(crate) async fn snapshot(world: &World) -> Snapshot {
    world.settle().await;
    world.snapshot().await
}
