use axum::Router;
use vestibule_web::RelyingParties;

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
