use std::rc::Rc;

use ::axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt;
use tower::ServiceExt;
use vestibule_axum::{Error, RelyingParty, Session, SessionError, Visitor, wrap};
use vestibule_web::http::RequestHead;

use super::{Mount, Site};
use crate::site;

/// The axum adapter.
#[derive(Clone, Copy, Debug)]
pub struct Axum;

#[async_trait(?Send)]
impl Mount for Axum {
    async fn start(&self, relying_party: RelyingParty) -> Rc<dyn Site> {
        Rc::new(AxumSite(wrap(router(&relying_party), relying_party)))
    }
}

struct AxumSite(Router);

#[async_trait(?Send)]
impl Site for AxumSite {
    async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let router = self.0.clone();
        let response = router.oneshot(request.map(Body::from)).await.expect("a router does not fail");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body in memory").to_bytes();
        http::Response::from_parts(parts, body)
    }
}

fn router(relying_party: &RelyingParty) -> Router {
    let (for_token, for_visits) = (relying_party.clone(), relying_party.clone());
    Router::new()
        .route("/logo.svg", get(|| async { body(site::logo()) }))
        .route("/", get(|visitor: Visitor| async { body(site::home(&seen(visitor))) }))
        .route("/news", get(|visitor: Visitor| async { body(site::news(&seen(visitor))) }))
        .route("/unchanged", get(|visitor: Visitor| async { body(site::unchanged(&seen(visitor))) }))
        .route("/me", get(|session: Session| async move { body(site::me(&session)) }))
        .route("/api/me", get(|session: Session| async move { body(site::api_me(&session)) }))
        .route("/api/csrf", get(|session: Session| async move { body(site::csrf(&session)) }))
        .route(
            "/api/token",
            get(async move |session: Session, request: Request| {
                answer(site::api_token(&session).await, &for_token, &request)
            }),
        )
        .route(
            "/api/visits",
            get(async move |session: Session, request: Request| {
                answer(site::count(&session).await, &for_visits, &request)
            }),
        )
}

fn answer(
    outcome: Result<http::Response<Bytes>, SessionError>,
    relying_party: &RelyingParty,
    request: &Request,
) -> Response {
    let head = RequestHead::new(request.method(), request.uri(), request.headers());
    body(outcome.unwrap_or_else(|error| relying_party.respond(&Error::from(error), &head)))
}

fn seen(visitor: Visitor) -> vestibule_web::Visitor {
    match visitor {
        Visitor::Anonymous => vestibule_web::Visitor::Anonymous,
        Visitor::SignedIn(session) => vestibule_web::Visitor::SignedIn(session.into_inner()),
    }
}

fn body(response: http::Response<Bytes>) -> Response {
    response.map(Body::from).into_response()
}
