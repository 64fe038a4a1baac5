use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
    routing::Route,
};
use tower_layer::Layer;
use tower_service::Service;
use vestibule_web::Requirement;

use crate::extract::{entry, refused};

/// Protects a subtree, or any part of a router: a layer that lets through whom [`Guarded`](crate::Guarded) would. Below
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
            match entry(&parts).admit(&requirement).await {
                Ok(()) => next.run(Request::from_parts(parts, body)).await,
                Err(refusal) => refused(refusal),
            }
        }
    })
}
