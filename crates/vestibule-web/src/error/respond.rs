use http::{StatusCode, header};
use serde_json::{Value, json};
use vestibule::{Diagnose, Disposition};

use super::{Error, SessionError};
use crate::{
    http::{Reply, reply},
    observe, pages,
};

/// How long a browser should wait after a failure that passes, in seconds.
const RETRY_AFTER: u64 = 5;

/// The one place where an error becomes an HTTP answer: a page for a person, problem+json for a program.
///
/// What leaves is the code, the hint and a correlation id; the log has the same id beside the causes (X2).
pub(crate) fn respond(
    error: &Error,
    navigation: bool,
    correlation: &str,
    start_again: Option<&str>,
) -> Reply {
    let diagnosis = error.diagnosis();
    let status = status(error);
    let causes = causes(error);
    if status.is_server_error() {
        tracing::error!(
            event = "request.failed",
            code = diagnosis.code(),
            correlation,
            causes,
            hint = diagnosis.hint(),
            "request failed"
        );
    } else {
        tracing::warn!(
            event = "request.refused",
            code = diagnosis.code(),
            correlation,
            causes,
            "request refused"
        );
    }
    observe::answered_with(error);
    let mut reply = if navigation {
        reply::html(status, pages::failure(status, error, correlation, start_again))
    } else {
        problem(status, diagnosis.code(), &error.to_string(), Some(correlation))
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        reply::append(&mut reply, header::RETRY_AFTER, &retry_after(error).to_string());
    }
    reply
}

/// An answer for programs (RFC 9457).
pub(crate) fn problem(status: StatusCode, code: &str, title: &str, correlation: Option<&str>) -> Reply {
    let correlation = correlation.map(|correlation| ("correlation", correlation.into()));
    problem_with(status, code, title, correlation)
}

/// An answer for programs, with further members.
pub(crate) fn problem_with(
    status: StatusCode,
    code: &str,
    title: &str,
    members: impl IntoIterator<Item = (&'static str, Value)>,
) -> Reply {
    let mut body = json!({ "type": "about:blank", "status": status.as_u16(), "code": code, "title": title });
    if let Some(body) = body.as_object_mut() {
        body.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    reply::json(status, "application/problem+json", &body)
}

fn status(error: &Error) -> StatusCode {
    match (error.code(), error.disposition()) {
        ("csrf.rejected" | "login.refused" | "guard.forbidden" | "guard.step_up_failed", _) => {
            StatusCode::FORBIDDEN
        }
        ("form.media_type", _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ("form.timeout", _) => StatusCode::REQUEST_TIMEOUT,
        ("form.fields", _) => StatusCode::UNPROCESSABLE_ENTITY,
        ("form.too_large" | "proxy.too_large", _) => StatusCode::PAYLOAD_TOO_LARGE,
        ("proxy.unavailable" | "proxy.redirect", _) => StatusCode::BAD_GATEWAY,
        ("auth.required" | "guard.step_up_required", _) | (_, Disposition::Gone) => StatusCode::UNAUTHORIZED,
        ("login.prefetch", _) | (_, Disposition::Retry) => StatusCode::SERVICE_UNAVAILABLE,
        (_, Disposition::Reject) => StatusCode::BAD_REQUEST,
        (_, Disposition::Config) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn retry_after(error: &Error) -> u64 {
    let asked = match error {
        Error::Provider(vestibule::Error::TokenEndpoint(vestibule::TokenEndpointError::Unavailable {
            retry_after,
        })) => *retry_after,
        Error::Session(SessionError::Refresh(error)) => error.retry_after(),
        _ => None,
    };
    asked.map_or(RETRY_AFTER, |asked| asked.pause().as_secs().max(1))
}

fn causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
