use std::sync::Arc;

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use vestibule_web::{Error, Visit};

/// What a handler returns when something about the session failed. The answer is the engine's own: a page for a person,
/// problem+json for a program; 401 where the session has ended, 503 where trying again will help.
///
/// ```
/// use vestibule_axum::{Failure, Session};
///
/// async fn report(session: Session) -> Result<String, Failure> {
///     let token = session.access_token().await?; // renewed when due
///     // ... call the API with `token.expose()`
///     # let _ = token;
///     Ok("done".into())
/// }
/// ```
#[derive(Debug)]
pub struct Failure(Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // Who asked is not known here; `wrap` knows, and writes the answer.
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Unanswered(Arc::new(self.0)));
        response
    }
}

/// The failure that an answer still has to tell of.
#[derive(Clone)]
struct Unanswered(Arc<Error>);

/// Writes the answer of a handler that failed. What layers in between said about the answer stays; what they said about
/// its empty body does not.
pub(crate) fn answer(mut response: Response, visit: &Visit) -> Response {
    let Some(Unanswered(error)) = response.extensions_mut().remove::<Unanswered>() else { return response };
    let mut answer = visit.respond(&error).map(Body::from);
    let mut headers = std::mem::take(response.headers_mut());
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.extend(std::mem::take(answer.headers_mut()));
    *answer.headers_mut() = headers;
    answer
}
