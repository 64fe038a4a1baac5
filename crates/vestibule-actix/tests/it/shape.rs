use std::{future::Future, pin::Pin, rc::Rc};

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    web::get,
};
use async_trait::async_trait;
use scenarios::{Mount, mount::Site};
use vestibule_actix::{RelyingParties, Session, Visitor};
use vestibule_web::Api;

type Starting = Pin<Box<dyn Future<Output = Rc<dyn Site>>>>;

/// An application that is put together in some way of actix's.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) fn(RelyingParties, Api) -> Starting);

#[async_trait(?Send)]
impl Mount for Shape {
    async fn start(&self, relying_parties: RelyingParties, api: Api) -> Rc<dyn Site> {
        (self.0)(relying_parties, api).await
    }
}

/// The app of this expression, wrapped, as a `Shape`.
macro_rules! shape {
    ($app:expr) => {
        &$crate::shape::Shape(|relying_parties, _| {
            Box::pin(scenarios::Actix::site(vestibule_actix::wrap($app, relying_parties)))
        })
    };
}
pub(crate) use shape;

/// An app with a start page.
pub(crate) fn root() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .route("/", get().to(home))
        .wrap_fn(|request, next| actix_web::dev::Service::call(next, request))
}

/// A page for everybody.
pub(crate) async fn home(visitor: Visitor) -> String {
    match visitor {
        Visitor::Anonymous => "hello stranger".to_owned(),
        Visitor::SignedIn(session) => format!("hello {}", session.subject()),
    }
}

/// A page for signed-in users.
pub(crate) async fn me(session: Session) -> String {
    format!("only for you, {}", session.subject())
}
