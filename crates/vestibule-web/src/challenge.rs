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

/// What an anonymous visitor gets at a protected place (checklist C27). `page` is what a person was about to see.
pub(crate) fn challenge(engine: &Engine, page: Option<&str>) -> Reply {
    if let Some(page) = page {
        let place = ReturnTo::parse(page, &engine.origin).unwrap_or_else(ReturnTo::home);
        reply::see_other(&login_url(engine, &place))
    } else {
        let error = SessionError::Required;
        problem(StatusCode::UNAUTHORIZED, error.code(), &error.to_string(), None)
    }
}

/// Where a login starts that ends at `place`.
pub(crate) fn login_url(engine: &Engine, place: &ReturnTo) -> String {
    let login = engine.path_of(Endpoint::Login);
    format!("{login}?return_to={}", byte_serialize(place.as_str().as_bytes()).collect::<String>())
}
