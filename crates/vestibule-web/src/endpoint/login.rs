use http::header;

use crate::{
    challenge,
    engine::Engine,
    error::{Error, LoginError},
    http::{Reply, RequestHead, is_navigation, is_prefetch, reply},
    pending::Pending,
    return_to::ReturnTo,
};

pub(super) async fn serve(engine: &Engine, head: &RequestHead<'_>) -> Result<Reply, Error> {
    if is_prefetch(head) {
        return Err(LoginError::Prefetch.into());
    }
    if !is_navigation(head) {
        return Ok(challenge::challenge(None));
    }
    start_login(engine, head, requested_return(engine, head), 0).await
}

/// Sends the browser to the provider. Nothing is kept here: the attempt rests in the browser, sealed.
pub(crate) async fn start_login(
    engine: &Engine,
    head: &RequestHead<'_>,
    return_to: ReturnTo,
    restarts: u8,
) -> Result<Reply, Error> {
    // The store's time anchors the cutoff rule, and a store that does not answer stops the login here (H07).
    let began = engine.store.now().await?;
    let start = engine.client.begin_login(&engine.request).await?;
    let pending = Pending { login: start.pending, began, return_to, restarts };
    let mut reply = reply::see_other(start.url.as_str());
    for cookie in engine.pending().keep(head, &pending)? {
        reply::append(&mut reply, header::SET_COOKIE, &cookie);
    }
    tracing::info!("login started");
    Ok(reply)
}

/// Where the user wants to go; the start page for anything that is not plainly ours.
fn requested_return(engine: &Engine, head: &RequestHead<'_>) -> ReturnTo {
    let pairs = head.query.and_then(|query| vestibule::form::parse(query).ok()).unwrap_or_default();
    let mut asked = pairs.iter().filter(|(name, _)| name == "return_to");
    match (asked.next(), asked.next()) {
        (Some((_, place)), None) => ReturnTo::parse(place, &engine.origin).unwrap_or_else(ReturnTo::home),
        _ => ReturnTo::home(),
    }
}
