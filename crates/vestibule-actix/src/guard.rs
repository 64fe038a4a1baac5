use std::{marker::PhantomData, ops::Deref, rc::Rc};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform},
    middleware::{Next, from_fn},
};
use vestibule_web::{Call, Guard, Requirement};

use crate::{Session, api::refusal, convert::Extracting, entry::Entry};

/// The session of a user who has what `G` requires. As an extractor it protects the handler: who is anonymous is sent to
/// log in as by [`Session`], who lacks a right gets 403, and whose login is too weak or too old logs in once more.
///
/// ```
/// use vestibule_actix::{Guard, Guarded, Requirement};
///
/// struct CanBill;
///
/// impl Guard for CanBill {
///     fn requirement() -> Requirement {
///         Requirement::permission("invoices:write")
///     }
/// }
///
/// async fn invoices(Guarded { session, .. }: Guarded<CanBill>) -> String {
///     format!("bills by {}", session.subject())
/// }
/// ```
#[derive(Debug)]
pub struct Guarded<G> {
    /// Who is there.
    pub session: Session,
    guard: PhantomData<fn() -> G>,
}

impl<G> Deref for Guarded<G> {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl<G: Guard + 'static> FromRequest for Guarded<G> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Ok(Self { session: admit(&request, &G::requirement()).await?, guard: PhantomData })
        })
    }
}

/// Protects a scope, or any part of an app: middleware that lets through whom [`Guarded`] would. Below
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
            pass(request.request(), &requirement).await?;
            next.call(request).await
        }
    })
}

async fn pass(request: &HttpRequest, requirement: &Requirement) -> Result<(), Error> {
    let call = request.extensions().get::<Call>().cloned();
    let Some(call) = call else { return admit(request, requirement).await.map(drop) };
    let entry = request.extensions().get::<Entry>().cloned();
    call.admit(entry.as_ref().map(|entry| &entry.visit), requirement).await.map_err(refusal)
}

async fn admit(request: &HttpRequest, requirement: &Requirement) -> Result<Session, Error> {
    let entry = Entry::of(request)?;
    let admitted = entry.visit.admit(requirement).await;
    admitted.map(Session).map_err(|reply| entry.settle(reply).into())
}
