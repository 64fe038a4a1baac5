use std::{fmt, sync::Arc};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use vestibule_web::{Error, Visit, http::Reply};

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
#[derive(Clone)]
pub struct Failure(Cause);

#[derive(Clone)]
enum Cause {
    Error(Arc<Error>),
    Reply(Arc<Reply>),
}

impl Failure {
    /// That the engine has written the answer already.
    pub(crate) fn replied(reply: Reply) -> Self {
        Self(Cause::Reply(Arc::new(reply)))
    }

    pub(crate) fn reply(&self, visit: &Visit) -> Reply {
        match &self.0 {
            Cause::Error(error) => visit.respond(error),
            Cause::Reply(reply) => Reply::clone(reply),
        }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Cause::Error(Arc::new(error.into())))
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

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Error(error) => error.fmt(f),
            Cause::Reply(reply) => write!(f, "answered with {}", reply.status()),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({self})")
    }
}
