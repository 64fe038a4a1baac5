use metrics::counter;
use tracing::Span;
use vestibule::Diagnose;

use crate::Endpoint;

/// Around everything that one request to an endpoint does. An answer with an error shows the same id.
pub(crate) fn request_span(endpoint: Endpoint, correlation: &str) -> Span {
    tracing::info_span!("vestibule.request", endpoint = endpoint.name(), correlation)
}

/// A request was answered with an error.
pub(crate) fn answered_with(error: &impl Diagnose) {
    counter!("vestibule_error_answers_total", "code" => error.code()).increment(1);
}
