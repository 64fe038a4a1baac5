//! How a step-up travels from the page that needs it to the login endpoint: sealed for one user, so that nobody can make
//! up a login for another, nor change their own. Who leaves it out gets an ordinary login, and the page asks again.

use vestibule::{AuthorizationRequest, RandomError};

use super::StepUp;
use crate::{engine::Engine, store::Scope};

/// The parameter of the login endpoint that holds it.
pub(crate) const PARAMETER: &str = "step_up";

pub(crate) fn seal(engine: &Engine, subject: &Scope, needs: &StepUp) -> Result<String, RandomError> {
    // It cannot fail: these are plain strings and numbers.
    let plain = serde_json::to_vec(needs).unwrap_or_default();
    engine.step_up_sealer.seal_text(&[subject.as_bytes()], &plain)
}

pub(crate) fn open(engine: &Engine, subject: &Scope, sealed: &str) -> Option<StepUp> {
    let plain = engine.step_up_sealer.open_text(&[subject.as_bytes()], sealed)?;
    serde_json::from_slice(&plain).ok()
}

/// The application's own request, with what is needed beyond it. The answer is held to it.
pub(crate) fn request(engine: &Engine, needs: StepUp) -> AuthorizationRequest {
    let mut request = engine.request.clone();
    if !needs.acr.is_empty() {
        request = request.require_acr(needs.acr);
    }
    match needs.max_age.into_iter().chain(request.required_max_age()).min() {
        Some(max_age) => request.max_age(max_age),
        None => request,
    }
}
