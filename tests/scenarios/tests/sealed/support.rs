//! What the tests of sealed sessions have in common.

use scenarios::{Answer, Browser, Mount, Node, Request, Sessions, World, browser::Cookie, trace};
use serde_json::json;

/// A world whose sessions are sealed, and whose store remembers logouts.
pub(crate) async fn revocable(mount: &'static dyn Mount) -> World {
    World::with_sessions(mount, Sessions::SealedRevocable, |rp| rp).await
}

/// A world whose sessions are sealed, and no more.
pub(crate) async fn storeless(mount: &'static dyn Mount) -> World {
    World::with_sessions(mount, Sessions::Sealed, |rp| rp).await
}

/// The cookies of the session.
pub(crate) fn sealed(browser: &Browser, node: &Node) -> Vec<Cookie> {
    let of_session = |cookie: &Cookie| cookie.name.contains("vs-") && !cookie.name.ends_with(".ended");
    browser.cookies(node).into_iter().filter(of_session).collect()
}

/// A `Cookie` header.
pub(crate) fn header(cookies: &[Cookie]) -> String {
    let pair = |cookie: &Cookie| format!("{}={}", cookie.name, cookie.value);
    cookies.iter().map(pair).collect::<Vec<_>>().join("; ")
}

/// Lets every ID token be longer by so much.
pub(crate) fn swell(world: &World, bytes: usize) {
    world.provider().alter_id_token(move |claims| claims["padding"] = json!("x".repeat(bytes)));
}

/// What a page load with this `Cookie` header gets, and nothing of it is kept.
pub(crate) async fn page_with(node: &Node, path: &str, cookies: &str) -> Answer {
    node.receive(Request::page(path).header("cookie", cookies)).await
}

/// That a request with this `Cookie` header is anonymous, for this reason, and changes nothing.
pub(crate) async fn assert_refused(world: &World, cookies: &str, code: &str) {
    let before = world.snapshot().await;
    trace::start();
    let answer = page_with(world, "/", cookies).await;
    assert_eq!((answer.text(), answer.set_cookies().len()), ("hello stranger", 0), "{code}");
    assert_eq!(
        trace::lines_with(&["a sealed session is not accepted", code]).len(),
        1,
        "{code}: {:?}",
        trace::lines()
    );
    let api = world.receive(Request::api("/api/me").header("cookie", cookies)).await;
    assert_eq!((api.status, api.code().as_str()), (401, "auth.required"));
    world.snapshot().await.assert_unchanged_since(&before, scenarios::Calls::NONE);
}

pub(crate) async fn is_signed_in(node: &Node, browser: &Browser) -> bool {
    match browser.api(node, "/api/me").await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}
