use actix_web::{
    App, Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
};
use vestibule_web::RelyingParties;

use crate::entrance::enter;

/// Puts the relying party, or [several](RelyingParties), in front of an app: its endpoints, and who is there for every
/// route.
///
/// Nothing is lost, whatever the app is made of: not the endpoints to a default service or a scope, not the cover of a
/// route that is added later. What comes back is an app again, for a server or for middleware of your own.
pub fn wrap<T, B>(
    app: App<T>,
    relying_parties: impl Into<RelyingParties>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<EitherBody<B>>,
        Error = Error,
        InitError = (),
    >,
>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let relying_parties = relying_parties.into();
    app.wrap(from_fn(move |request, next| enter(relying_parties.clone(), request, next)))
}
