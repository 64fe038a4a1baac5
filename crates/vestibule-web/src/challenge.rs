use form_urlencoded::byte_serialize;
use http::StatusCode;
use vestibule::Diagnose;

use crate::{
    endpoint::Endpoint,
    engine::Engine,
    error::{GuardError, SessionError, problem, problem_with},
    guard::{StepUp, demand},
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

/// What a user gets who must log in once more (RFC 9470). A page goes there and comes back; a program is told what is
/// needed, and where to send the person.
///
/// Neither this nor the answer to anonymous programs names a scheme in `WWW-Authenticate`: a cookie is none, and naming
/// `Bearer` would ask for tokens where none are taken.
pub(crate) fn step_up(engine: &Engine, place: Option<&ReturnTo>, needs: &StepUp, sealed: &str) -> Reply {
    tracing::info!(event = "guard.step_up", %needs, "a user must log in once more");
    if let Some(place) = place {
        return reply::see_other(&format!("{}&{}={sealed}", login_url(engine, place), demand::PARAMETER));
    }
    let error = GuardError::StepUpRequired(needs.clone());
    let login = format!("{}?{}={sealed}", engine.path_of(Endpoint::Login), demand::PARAMETER);
    let acr = (!needs.acr.is_empty()).then(|| ("acr_values", needs.acr.join(" ").into()));
    let max_age = needs.max_age.map(|age| ("max_age", age.as_secs().into()));
    let members = [("login", login.into())].into_iter().chain(acr).chain(max_age);
    problem_with(StatusCode::UNAUTHORIZED, error.code(), &error.to_string(), members)
}
