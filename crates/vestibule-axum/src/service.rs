use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
    routing::future::RouteFuture,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pin_project_lite::pin_project;
use tower_service::Service;
use vestibule_web::{
    RelyingParties, Visit,
    http::{BodyFault, RequestHead},
};

use crate::failure;

/// Answers the engine's endpoints, and lets every other request through with its visit.
#[derive(Clone, Debug)]
pub(crate) struct Entrance {
    router: Router,
    relying_parties: RelyingParties,
}

impl Entrance {
    pub(crate) fn new(router: Router, relying_parties: RelyingParties) -> Self {
        Self { router, relying_parties }
    }
}

impl Service<Request> for Entrance {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some((relying_party, endpoint)) = self.relying_parties.endpoint(request.uri().path()) {
            let relying_party = relying_party.clone();
            let answer = Box::pin(async move {
                let (parts, body) = request.into_parts();
                let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
                let reply = relying_party.serve(endpoint, head, |cap| read(body, cap)).await;
                reply.map(Body::from)
            });
            return Answering::Engine { answer };
        }
        let head = RequestHead::new(request.method(), request.uri(), request.headers());
        let visit = self.relying_parties.visit(&head);
        // An extension of an outer layer or of the client's making never stands in for ours (checklist D26).
        request.extensions_mut().insert(visit.clone());
        Answering::Application { answer: self.router.call(request), visit }
    }
}

pin_project! {
    /// The answer to a request, of the engine or of the application.
    #[project = Project]
    pub(crate) enum Answering {
        Engine { answer: Pin<Box<dyn Future<Output = Response> + Send>> },
        Application { #[pin] answer: RouteFuture<Infallible>, visit: Visit },
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Project::Engine { answer } => answer.as_mut().poll(context).map(Ok),
            Project::Application { answer, visit } => answer.poll(context).map_ok(|response| {
                let mut response = failure::answer(response, visit);
                visit.finish(response.headers_mut());
                response
            }),
        }
    }
}

pub(crate) async fn read(body: Body, cap: usize) -> Result<Bytes, BodyFault> {
    match Limited::new(body, cap).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Err(_) => Err(BodyFault::Broken),
    }
}
