use std::{fmt, sync::Arc};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use vestibule_web::{Error, SessionError};

/// What a handler returns when something about the session failed. The answer is the engine's own: a page for a person,
/// problem+json for a program; 401 where the session has ended, 503 where trying again will help.
///
/// ```
/// use vestibule_actix::{Failure, Session};
///
/// async fn report(session: Session) -> Result<String, Failure> {
///     let token = session.access_token().await?; // renewed when due
///     // ... call the API with `token.expose()`
///     # let _ = token;
///     Ok("done".into())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Failure(pub(crate) Arc<Error>);

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        // Who asked is not known here; `wrap` knows, and writes the answer.
        let mut response = HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self.clone());
        response
    }
}
