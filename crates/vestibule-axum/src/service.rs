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
    http::{HeaderMap, Method, Uri},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tower_service::Service;
use vestibule_web::{
    RelyingParties,
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
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some((relying_party, endpoint)) = self.relying_parties.endpoint(request.uri().path()) {
            let relying_party = relying_party.clone();
            return Box::pin(async move {
                let (parts, body) = request.into_parts();
                let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
                let reply = relying_party.serve(endpoint, head, |cap| read(body, cap)).await;
                Ok(reply.map(Body::from))
            });
        }
        let visit = self.relying_parties.visit(&head(request.method(), request.uri(), request.headers()));
        // An extension of an outer layer or of the client's making never stands in for ours (checklist D26).
        request.extensions_mut().insert(visit.clone());
        let answer = self.router.call(request);
        Box::pin(async move {
            let mut response = failure::answer(answer.await.into_response(), &visit);
            visit.finish(response.headers_mut());
            Ok(response)
        })
    }
}

fn head<'a>(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> RequestHead<'a> {
    RequestHead::new(method, uri, headers)
}

pub(crate) async fn read(body: Body, cap: usize) -> Result<Bytes, BodyFault> {
    match Limited::new(body, cap).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Err(_) => Err(BodyFault::Broken),
    }
}
