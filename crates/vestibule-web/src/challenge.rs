use form_urlencoded::byte_serialize;
use http::StatusCode;
use vestibule::Diagnose;

use crate::{
    endpoint::Endpoint,
    engine::Engine,
    error::{SessionError, problem},
    http::{Reply, reply},
    return_to::ReturnTo,
};

/// What an anonymous visitor gets at a protected place (checklist C27). `sign_in` is where a person goes from the page
/// that they were about to see.
pub(crate) fn challenge(sign_in: Option<&str>) -> Reply {
    if let Some(sign_in) = sign_in {
        reply::see_other(sign_in)
    } else {
        let error = SessionError::Required;
        problem(StatusCode::UNAUTHORIZED, error.code(), &error.to_string(), None)
    }
}

/// Where a login starts that ends at `place`.
pub(crate) fn login_url(engine: &Engine, place: &ReturnTo) -> String {
    with_return_to(&engine.path_of(Endpoint::Login), place)
}

/// A path that is told where to come back to.
pub(crate) fn with_return_to(path: &str, place: &ReturnTo) -> String {
    format!("{path}?return_to={}", byte_serialize(place.as_str().as_bytes()).collect::<String>())
}
