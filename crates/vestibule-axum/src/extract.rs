use std::ops::Deref;

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use vestibule_web::{Error, Visit};

/// A signed-in user's session. As an extractor it protects the handler: an anonymous page load is sent to log in and
/// comes back, an anonymous call gets 401, and a store outage 503.
#[derive(Clone, Debug)]
pub struct Session(pub(crate) vestibule_web::Session);

impl Session {
    /// The session apart from axum.
    pub fn into_inner(self) -> vestibule_web::Session {
        self.0
    }
}

impl Deref for Session {
    type Target = vestibule_web::Session;

    fn deref(&self) -> &vestibule_web::Session {
        &self.0
    }
}

/// Whoever is there. As an extractor it protects nothing, yet an outage of the store is 503 and never `Anonymous`.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody who is signed in.
    Anonymous,
    /// A signed-in user.
    SignedIn(Session),
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        match visit(parts)?.welcome().await.map_err(|reply| reply.map(Body::from))? {
            vestibule_web::Visitor::Anonymous => Ok(Self::Anonymous),
            vestibule_web::Visitor::SignedIn(session) => Ok(Self::SignedIn(Session(session))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visit = visit(parts)?;
        match visit.visitor().await {
            Ok(vestibule_web::Visitor::SignedIn(session)) => Ok(Self(session)),
            Ok(vestibule_web::Visitor::Anonymous) => Err(visit.challenge().map(Body::from)),
            Err(error) => Err(visit.respond(&Error::from(error)).map(Body::from)),
        }
    }
}

/// The visit that [`wrap`](crate::wrap) opened.
pub(crate) fn visit(parts: &Parts) -> Result<Visit, NotWrapped> {
    opened(parts)
}

/// What `wrap` or `wrap_api` opened for this request.
pub(crate) fn opened<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, NotWrapped> {
    parts.extensions.get().cloned().ok_or_else(|| {
        tracing::error!(
            event = "config.not_wrapped",
            code = "config.not_wrapped",
            path = parts.uri.path(),
            "a handler asks for a session or a token outside of vestibule_axum::wrap or wrap_api: wrap the finished router, last"
        );
        NotWrapped
    })
}

/// The router was not wrapped, or the handler is not below it.
pub(crate) struct NotWrapped;

impl From<NotWrapped> for Response {
    fn from(_: NotWrapped) -> Self {
        (StatusCode::INTERNAL_SERVER_ERROR, "the application is not set up correctly").into_response()
    }
}
