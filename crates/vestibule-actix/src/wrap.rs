use actix_web::{
    App, Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web::Payload,
};
use vestibule_web::{Api, RelyingParties};

use crate::{
    answer::{finish, settle, written},
    convert::{Borrowed, head, read},
};

/// What an actix app is made of: every `App` has it. Bodies of answers are of the type `B`.
pub trait Application<B>:
    ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
    + 'static
{
}

impl<T, B> Application<B> for T where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static
{
}

/// Puts the relying party, or [several](RelyingParties), in front of an app: its endpoints, and who is there for every
/// route.
///
/// Nothing is lost, whatever the app is made of: not the endpoints to a default service or a scope, not the cover of a
/// route that is added later. What comes back is an app again, for a server or for middleware of your own.
pub fn wrap<B: MessageBody + 'static>(
    app: App<impl Application<B>>,
    relying_parties: impl Into<RelyingParties>,
) -> App<impl Application<EitherBody<B>>> {
    let relying_parties = relying_parties.into();
    app.wrap(from_fn(move |request, next| enter(relying_parties.clone(), request, next)))
}

/// Puts an API in front of an app: its metadata (RFC 9728), and the access token of every request.
///
/// An application that serves browsers too gives the result to [`wrap`]: `wrap(wrap_api(app, api), rp)`.
pub fn wrap_api<B: MessageBody + 'static>(
    app: App<impl Application<B>>,
    api: Api,
) -> App<impl Application<EitherBody<B>>> {
    app.wrap(from_fn(move |request, next| call(api.clone(), request, next)))
}

/// Answers the engine's endpoints, and lets every other request through with its visit.
async fn enter<B: MessageBody + 'static>(
    relying_parties: RelyingParties,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Some((relying_party, endpoint)) = relying_parties.endpoint(request.path()) {
        let body = request.extract::<Payload>().await?;
        let headers = Borrowed(request.headers());
        let head = head(request.request(), &headers);
        let reply = relying_party.serve(endpoint, head, |cap| read(body, cap)).await;
        return Ok(request.into_response(written(reply).map_into_right_body()));
    }
    let headers = Borrowed(request.headers());
    let visit = relying_parties.visit(&head(request.request(), &headers));
    // An extension of an outer layer's making never stands in for ours (checklist D26).
    request.extensions_mut().insert(visit.clone());
    match next.call(request).await {
        Ok(answer) => {
            let (request, response) = answer.into_parts();
            let settled = request.extensions_mut().remove();
            let response = finish(&visit, settled, response);
            Ok(ServiceResponse::new(request, response))
        }
        // Middleware in between may leave the answer to actix.
        Err(mut error) => {
            error.add_response_mapper(move |response| finish(&visit, None, response).map_into_boxed_body());
            Err(error)
        }
    }
}

async fn call<B: MessageBody + 'static>(
    api: Api,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let headers = Borrowed(request.headers());
    let head = head(request.request(), &headers);
    if let Some(reply) = api.serve(&head) {
        return Ok(request.into_response(written(reply).map_into_right_body()));
    }
    let call = api.call(&head);
    request.extensions_mut().insert(call);
    let (request, response) = next.call(request).await?.into_parts();
    let settled = request.extensions_mut().remove();
    let response = settle(settled, response);
    Ok(ServiceResponse::new(request, response))
}
