use std::rc::Rc;

use ::axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt;
use tower::ServiceExt;
use vestibule_axum::{
    Api, Bearer, Caller, CheckedForm, Failure, Guarded, RelyingParties, Requirement, Session, Visitor,
    require, wrap, wrap_api,
};

use super::{Mount, Site};
use crate::site::{self, CanBill, Rename};

/// The axum adapter.
#[derive(Clone, Copy, Debug)]
pub struct Axum;

#[async_trait(?Send)]
impl Mount for Axum {
    async fn start(&self, relying_parties: RelyingParties, api: Api) -> Rc<dyn Site> {
        Self::site(wrap(wrap_api(router(), api), relying_parties))
    }
}

impl Axum {
    /// Any router as a site: for tests of routers of other shapes.
    pub fn site(router: Router) -> Rc<dyn Site> {
        Rc::new(AxumSite(router))
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

fn router() -> Router {
    let guarded = site::GUARDED.into_iter().fold(Router::new(), |router, (path, layers)| {
        let place = Router::new().route(path, get(whoever).post(whoever));
        router.merge(layers.iter().rev().fold(place, |place, needs| place.route_layer(require(needs()))))
    });
    let billing = Router::new()
        .route(site::BILLING, get(|guarded: Guarded<CanBill>| async move { body(site::me(&guarded)) }))
        .route_layer(require(Requirement::role("admin")));
    guarded
        .merge(billing)
        .route("/logo.svg", get(|| async { body(site::logo()) }))
        .route("/", get(|visitor: Visitor| async { body(site::home(&seen(visitor))) }))
        .route("/news", get(|visitor: Visitor| async { body(site::news(&seen(visitor))) }))
        .route("/unchanged", get(|visitor: Visitor| async { body(site::unchanged(&seen(visitor))) }))
        .route("/me", get(me))
        .route("/api/me", get(|session: Session| async move { body(site::api_me(&session)) }))
        .route("/api/csrf", get(|session: Session| async move { body(site::csrf(&session)) }))
        .route("/api/token", get(token))
        .route("/api/visits", get(visits))
        .route(site::ORDERS, get(|bearer: Bearer| async move { body(site::orders(&bearer)) }))
        .route(site::CALLER, get(whoever))
        .route(site::RENAME, post(rename))
}

fn caller_page(caller: &Caller) -> http::Response<Bytes> {
    match caller {
        Caller::User(session) => site::me(session),
        Caller::Token(bearer) => site::orders(bearer),
    }
}

async fn whoever(caller: Caller) -> Response {
    body(caller_page(&caller))
}

async fn me(session: Session) -> Response {
    body(site::me(&session))
}

async fn token(session: Session) -> Result<Response, Failure> {
    Ok(body(site::api_token(&session).await?))
}

async fn visits(session: Session) -> Result<Response, Failure> {
    Ok(body(site::count(&session).await?))
}

async fn rename(CheckedForm { session, fields }: CheckedForm<Rename>) -> Response {
    body(site::rename(&session, &fields))
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
