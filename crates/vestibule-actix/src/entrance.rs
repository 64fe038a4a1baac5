use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::StatusCode,
    web::{Bytes, Payload},
};
use vestibule_web::{RelyingParties, http::BodyFault};

use crate::{
    convert::{Borrowed, head},
    entry::{Entry, overwrite},
};

/// Makes an [`EntranceService`] for each worker.
pub(crate) struct Entrance(pub(crate) RelyingParties);

impl<S, B> Transform<S, ServiceRequest> for Entrance
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EntranceService<S>;
    type InitError = ();
    type Future = Ready<Result<EntranceService<S>, ()>>;

    fn new_transform(&self, app: S) -> Self::Future {
        ready(Ok(EntranceService { app, relying_parties: self.0.clone() }))
    }
}

/// Answers the engine's endpoints, and lets every other request through with its visit.
pub(crate) struct EntranceService<S> {
    app: S,
    relying_parties: RelyingParties,
}

impl<S, B> Service<ServiceRequest> for EntranceService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.app.poll_ready(context)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        if let Some((relying_party, endpoint)) = self.relying_parties.endpoint(request.path()) {
            let relying_party = relying_party.clone();
            return Box::pin(async move {
                let body = request.extract::<Payload>().await?;
                let headers = Borrowed(request.headers());
                let head = head(request.request(), &headers);
                let reply = relying_party.serve(endpoint, head, |cap| read(body, cap)).await;
                let response = overwrite(HttpResponse::new(StatusCode::OK), reply);
                Ok(request.into_response(response.map_into_right_body()))
            });
        }
        let headers = Borrowed(request.headers());
        let entry = Entry::new(self.relying_parties.visit(&head(request.request(), &headers)));
        // An extension of an outer layer's making never stands in for ours (checklist D26).
        request.extensions_mut().insert(entry.clone());
        let answer = self.app.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(answer) => {
                    let (request, response) = answer.into_parts();
                    Ok(ServiceResponse::new(request, entry.finish(response)))
                }
                // Middleware in between may leave the answer to actix.
                Err(mut error) => {
                    error.add_response_mapper(move |response| entry.finish(response).map_into_boxed_body());
                    Err(error)
                }
            }
        })
    }
}

async fn read(body: Payload, cap: usize) -> Result<Bytes, BodyFault> {
    match body.to_bytes_limited(cap).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooLarge),
    }
}
