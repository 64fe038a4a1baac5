use std::{convert::Infallible, marker::PhantomData, ops::Deref, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::request::Parts,
    middleware::{Next, from_fn},
    response::Response,
    routing::Route,
};
use tower_layer::Layer;
use tower_service::Service;
use vestibule_web::{Call, Guard, Requirement};

use crate::{Session, extract::visit};

/// The session of a user who has what `G` requires. As an extractor it protects the handler: who is anonymous is sent to
/// log in as by [`Session`], who lacks a right gets 403, and whose login is too weak or too old logs in once more.
///
/// ```
/// use vestibule_axum::{Guard, Guarded, Requirement};
///
/// struct CanBill;
///
/// impl Guard for CanBill {
///     fn requirement() -> Requirement {
///         Requirement::permission("invoices:write")
///     }
/// }
///
/// async fn invoices(Guarded { session, .. }: Guarded<CanBill>) -> String {
///     format!("bills by {}", session.subject())
/// }
/// ```
#[derive(Debug)]
pub struct Guarded<G> {
    /// Who is there.
    pub session: Session,
    guard: PhantomData<fn() -> G>,
}

impl<G> Deref for Guarded<G> {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl<S: Sync, G: Guard> FromRequestParts<S> for Guarded<G> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let session = admit(parts, &G::requirement()).await?;
        Ok(Self { session, guard: PhantomData })
    }
}

/// Protects a subtree, or any part of a router: a layer that lets through whom [`Guarded`] would. Below
/// [`wrap_api`](crate::wrap_api) the access token is judged where one is sent.
///
/// ```
/// use axum::{Router, routing::get};
/// use vestibule_axum::{Requirement, require};
///
/// let admin: Router = Router::new().route("/users", get("all of them")).layer(require(Requirement::role("admin")));
/// let router: Router = Router::new().nest("/admin", admin);
/// # let _ = router;
/// ```
pub fn require(
    requirement: Requirement,
) -> impl Layer<
    Route,
    Service = impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync,
> + Clone
+ Send
+ Sync {
    let requirement = Arc::new(requirement);
    from_fn(move |request: Request, next: Next| {
        let requirement = Arc::clone(&requirement);
        async move {
            let (parts, body) = request.into_parts();
            let admitted = match parts.extensions.get::<Call>() {
                Some(call) => call
                    .admit(parts.extensions.get(), &requirement)
                    .await
                    .map_err(|reply| reply.map(Body::from)),
                None => admit(&parts, &requirement).await.map(drop),
            };
            match admitted {
                Ok(()) => next.run(Request::from_parts(parts, body)).await,
                Err(answer) => answer,
            }
        }
    })
}

async fn admit(parts: &Parts, requirement: &Requirement) -> Result<Session, Response> {
    let session = visit(parts)?.admit(requirement).await;
    session.map(Session).map_err(|reply| reply.map(Body::from))
}
