use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use vestibule_web::{Api, RelyingParties, http::RequestHead};

use crate::service::Entrance;

/// Puts the relying party, or [several](RelyingParties), in front of a finished router: its endpoints, and who is there for every route.
///
/// Give it the router last, with everything merged and nested into it. Nothing is lost then: not the endpoints to a
/// fallback, not the cover of a nested or later route. What comes back is a router again, to serve or to put under
/// layers of your own.
pub fn wrap(router: Router, relying_parties: impl Into<RelyingParties>) -> Router {
    // As `axum::serve` does to the outer router: else every request would make its route anew.
    let router = router.with_state(());
    Router::new().fallback_service(Entrance::new(router, relying_parties.into()))
}

/// Puts an API in front of a finished router: its metadata (RFC 9728), and the access token of every request.
///
/// An application that serves browsers too gives the result to [`wrap`]: `wrap(wrap_api(router, api), rp)`.
pub fn wrap_api(router: Router, api: Api) -> Router {
    Router::new().fallback_service(router.with_state(())).layer(from_fn_with_state(api, enter))
}

async fn enter(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let head = RequestHead::new(request.method(), request.uri(), request.headers());
    if let Some(reply) = api.serve(&head) {
        return reply.map(Body::from);
    }
    let call = api.call(&head);
    request.extensions_mut().insert(call);
    next.run(request).await
}
