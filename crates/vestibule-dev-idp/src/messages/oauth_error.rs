//! Errors of the token, revocation and UserInfo endpoints (RFC 6749 section 5.2, RFC 6750 section 3).

use axum::response::{IntoResponse as _, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use openidconnect::StandardErrorResponse;
use openidconnect::core::CoreErrorResponseType;

use crate::endpoints::json;

/// A refusal in the words of OAuth.
#[derive(Clone, Debug)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: CoreErrorResponseType,
    description: String,
    challenge: Option<HeaderValue>,
}

impl OAuthError {
    pub(crate) fn new(error: CoreErrorResponseType, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), challenge: None }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(CoreErrorResponseType::InvalidRequest, description)
    }

    pub(crate) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(CoreErrorResponseType::InvalidGrant, description)
    }

    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Some(HeaderValue::from_static("Basic realm=\"token\"")),
            ..Self::new(CoreErrorResponseType::InvalidClient, description)
        }
    }

    pub(crate) fn invalid_token(description: &'static str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            challenge: Some(HeaderValue::from_static("Bearer error=\"invalid_token\"")),
            ..Self::new(CoreErrorResponseType::Extension("invalid_token".to_owned()), description)
        }
    }

    pub(crate) fn server_error() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            ..Self::new(
                CoreErrorResponseType::Extension("server_error".to_owned()),
                "the provider could not write its answer",
            )
        }
    }

    /// An error that is only a name: what a switch asks for.
    pub(crate) fn named(error: &str) -> Self {
        let description = "misbehaving on request";
        match error {
            "invalid_client" => Self::invalid_client(description),
            name => Self::new(CoreErrorResponseType::Extension(name.to_owned()), description),
        }
    }

    /// The error code.
    pub(crate) fn name(&self) -> String {
        self.error.as_ref().to_owned()
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn into_response(self) -> Response {
        let body = StandardErrorResponse::new(self.error, Some(self.description), None);
        let Ok(body) = serde_json::to_value(body) else { return self.status.into_response() };
        let mut answer = json(self.status, &body);
        if let Some(challenge) = self.challenge {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}
