use std::{ops::Deref, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use vestibule_web::{
    Api, Call, Visitor,
    http::RequestHead,
    vestibule::{AccessGrant, Verified},
};

use crate::{
    Session,
    extract::{opened, visit},
};

/// Puts an API in front of a finished router: its metadata (RFC 9728), and the access token of every request.
///
/// An application that serves browsers too gives the result to [`wrap`](crate::wrap): `wrap(wrap_api(router, api), rp)`.
pub fn wrap_api(router: Router, api: Api) -> Router {
    Router::new().fallback_service(router.with_state(())).layer(from_fn_with_state(api, enter))
}

async fn enter(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let head = RequestHead::new(request.method(), request.uri(), request.headers());
    if let Some(reply) = api.serve(&head) {
        return reply.map(Body::from);
    }
    let call = api.call(&head);
    request.extensions_mut().insert(call);
    next.run(request).await
}

/// What the request's access token grants. As an extractor it protects the handler: without a token that is accepted, the
/// answer is a challenge (RFC 6750 section 3), and 503 where that cannot be told.
#[derive(Clone, Debug)]
pub struct Bearer(Arc<Verified<AccessGrant>>);

impl Deref for Bearer {
    type Target = Verified<AccessGrant>;

    fn deref(&self) -> &Verified<AccessGrant> {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let call: Call = opened(parts)?;
        let grant = call.grant().await.map_err(|error| call.respond(&error).map(Body::from))?;
        Ok(Self(Arc::clone(grant)))
    }
}

/// Whoever calls, by access token or by session: the token counts if one is sent. As an extractor it protects the handler,
/// of a router that has both, `wrap(wrap_api(router, api), rp)`.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A signed-in user, by session. A request that changes something needs the protection of
    /// [`CheckedForm`](crate::CheckedForm) then, as in any handler of a session.
    User(Session),
    /// Whoever the access token stands for.
    Token(Bearer),
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let call: Call = opened(parts)?;
        if call.has_token() {
            return Bearer::from_request_parts(parts, state).await.map(Self::Token);
        }
        let visit = visit(parts)?;
        match visit.visitor().await {
            Ok(Visitor::SignedIn(session)) => Ok(Self::User(Session(session))),
            Ok(Visitor::Anonymous) => Err(call.challenge(&visit).map(Body::from)),
            Err(error) => Err(visit.respond(&error.into()).map(Body::from)),
        }
    }
}
