//! The least that stands in front of a router and covers all of it: what a request costs that way without any work of ours.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{Router, extract::Request, response::Response, routing::future::RouteFuture};
use http::{HeaderValue, header};
use tower_service::Service;

/// The router within a router, with the headers on its answers that a page for one user has.
pub fn wrap(router: Router) -> Router {
    Router::new().fallback_service(Passage(router.with_state(())))
}

#[derive(Clone)]
struct Passage(Router);

impl Service<Request> for Passage {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Answering {
        request.extensions_mut().insert(Passed);
        Answering(self.0.call(request))
    }
}

#[derive(Clone)]
struct Passed;

struct Answering(RouteFuture<Infallible>);

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map_ok(|mut response| {
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.append(header::VARY, HeaderValue::from_static("cookie"));
            response
        })
    }
}
