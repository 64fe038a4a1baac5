use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    web::{Bytes, Payload},
};
use vestibule_web::{RelyingParties, http::BodyFault};

use crate::{
    convert::{Borrowed, head},
    entry::{Entry, overwrite},
};

/// Answers the engine's endpoints, and lets every other request through with its visit.
pub(crate) async fn enter<B: MessageBody + 'static>(
    relying_parties: RelyingParties,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Some((relying_party, endpoint)) = relying_parties.endpoint(request.path()) {
        let body = request.extract::<Payload>().await?;
        let headers = Borrowed(request.headers());
        let head = head(request.request(), &headers);
        let reply = relying_party.serve(endpoint, head, |cap| read(body, cap)).await;
        let response = overwrite(HttpResponse::new(StatusCode::OK), reply);
        return Ok(request.into_response(response.map_into_right_body()));
    }
    let headers = Borrowed(request.headers());
    let entry = Entry::new(relying_parties.visit(&head(request.request(), &headers)));
    // An extension of an outer layer's making never stands in for ours (checklist D26).
    request.extensions_mut().insert(entry.clone());
    match next.call(request).await {
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
}

async fn read(body: Payload, cap: usize) -> Result<Bytes, BodyFault> {
    match body.to_bytes_limited(cap).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooLarge),
    }
}
