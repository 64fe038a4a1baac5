//! The same application on actix-web.

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header::COOKIE,
    test::TestRequest,
    web::get,
};
use vestibule_actix::{RelyingParty, Session};

use crate::{
    browser::{PAGE, STATIC_FILE, Target},
    site::SUBJECT,
};

/// Without Vestibule: the page greets everybody alike.
pub fn bare() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new().route(STATIC_FILE.path, get().to(style)).route(PAGE.path, get().to(hello))
}

/// In Vestibule: the page is for users who are signed in.
pub fn wrapped(
    relying_party: RelyingParty,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let app = App::new().route(STATIC_FILE.path, get().to(style)).route(PAGE.path, get().to(hello_user));
    vestibule_actix::wrap(app, relying_party)
}

/// What a browser asks for.
pub fn request(target: Target, cookie: &str) -> TestRequest {
    let request = TestRequest::get().uri(target.path).insert_header((COOKIE, cookie));
    target.headers().iter().fold(request, |request, header| request.insert_header(*header))
}

async fn hello() -> String {
    format!("hello {SUBJECT}")
}

async fn hello_user(session: Session) -> String {
    format!("hello {}", session.subject())
}

async fn style() -> &'static str {
    "body { font: 16px system-ui }"
}
