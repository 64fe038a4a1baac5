use std::rc::Rc;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    middleware::{Next, from_fn},
};
use vestibule_web::Requirement;

use crate::extract::Noted;

/// Protects a scope, or any part of an app: middleware that lets through whom [`Guarded`](crate::Guarded) would. Below
/// [`wrap_api`](crate::wrap_api) the access token is judged where one is sent.
///
/// ```
/// use actix_web::{App, web};
/// use vestibule_actix::{Requirement, require};
///
/// let users = web::resource("/users").get(|| async { "all of them" });
/// let admin = web::scope("/admin").service(users).wrap(require(Requirement::role("admin")));
/// let app = App::new().service(admin);
/// # let _ = app;
/// ```
pub fn require<S, B>(
    requirement: Requirement,
) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<B>, Error = Error, InitError = ()> + 'static
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let requirement = Rc::new(requirement);
    from_fn(move |request: ServiceRequest, next: Next<B>| {
        let requirement = Rc::clone(&requirement);
        async move {
            let noted = Noted::of(request.request());
            noted.entry().admit(&requirement).await.map_err(|refusal| noted.refused(refusal))?;
            drop(noted);
            next.call(request).await
        }
    })
}
