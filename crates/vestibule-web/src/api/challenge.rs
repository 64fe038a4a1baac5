use http::{HeaderValue, StatusCode, header};
use vestibule::{Diagnose, Disposition};

use super::{Api, ApiError};
use crate::{
    error::problem,
    http::{Reply, reply},
    observe,
};

/// How long a client should wait after a failure that passes, in seconds.
const RETRY_AFTER: &str = "5";

/// The answer to a refused call: the code, the hint and a correlation id; the log has the same id (X2).
pub(super) fn respond(api: &Api, error: &ApiError) -> Reply {
    let diagnosis = error.diagnosis();
    let status = status(error);
    let correlation = api.correlation();
    if status.is_server_error() {
        tracing::error!(
            event = "call.failed",
            code = diagnosis.code(),
            correlation,
            hint = diagnosis.hint(),
            "{error}"
        );
    } else {
        tracing::debug!(event = "call.refused", code = diagnosis.code(), correlation, "call refused");
    }
    observe::answered_with(error);
    let mut answer = problem(status, diagnosis.code(), &error.to_string(), Some(&correlation));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("authorization"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        reply::append(&mut answer, header::RETRY_AFTER, RETRY_AFTER);
    } else {
        reply::append(&mut answer, header::WWW_AUTHENTICATE, &challenge(api, error));
    }
    answer
}

fn status(error: &ApiError) -> StatusCode {
    match error {
        ApiError::Request(_) => StatusCode::BAD_REQUEST,
        ApiError::SubjectKind | ApiError::Forbidden(_) => StatusCode::FORBIDDEN,
        _ if error.disposition() == Disposition::Reject => StatusCode::UNAUTHORIZED,
        // Whoever asks can do nothing about it, and is not let in either.
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// `WWW-Authenticate` (RFC 6750 section 3, RFC 9470 section 3, RFC 9728 section 5.1). A request without a token is told no
/// error (checklist G07).
fn challenge(api: &Api, error: &ApiError) -> String {
    let mut parameters = Vec::new();
    let name = match error {
        ApiError::Required => None,
        ApiError::Request(_) => Some("invalid_request"),
        ApiError::SubjectKind | ApiError::Forbidden(_) => Some("insufficient_scope"),
        ApiError::StepUp(_) => Some("insufficient_user_authentication"),
        _ => Some("invalid_token"),
    };
    if let Some(name) = name {
        parameters.push(("error", name.to_owned()));
        parameters.push(("error_description", error.to_string()));
    }
    match error {
        ApiError::Forbidden(missing) if !missing.scopes().is_empty() => {
            parameters.push(("scope", missing.scopes().join(" ")));
        }
        ApiError::StepUp(needs) => parameters.extend(needs.parameters()),
        _ => {}
    }
    parameters.push(("resource_metadata", api.0.metadata.url.clone()));
    let quoted = parameters.iter().map(|(name, value)| format!("{name}=\"{}\"", quotable(value)));
    format!("Bearer {}", quoted.collect::<Vec<_>>().join(", "))
}

/// What may stand between quotes (RFC 6750 section 3). Names of scopes and contexts are the application's.
fn quotable(value: &str) -> String {
    value.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).collect()
}
