use std::{future::Future, pin::Pin, rc::Rc};

use ::actix_web::{
    App, Error, Handler, HttpResponse, Resource, Responder,
    body::{self, MessageBody},
    dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    test::{TestRequest, init_service},
    web,
};
use async_trait::async_trait;
use bytes::Bytes;
use vestibule_actix::{
    Api, Bearer, Caller, CheckedForm, Failure, Guarded, RelyingParties, Requirement, Session, Visitor,
    require, wrap, wrap_api,
};

use super::{Mount, Site};
use crate::site::{self, CanBill, Rename};

/// The actix-web adapter.
#[derive(Clone, Copy, Debug)]
pub struct Actix;

#[async_trait(?Send)]
impl Mount for Actix {
    async fn start(&self, relying_parties: RelyingParties, api: Api) -> Rc<dyn Site> {
        Self::site(wrap(wrap_api(app(), api), relying_parties)).await
    }
}

impl Actix {
    /// Any app as a site: for tests of apps of other shapes.
    ///
    /// # Panics
    /// When the app does not start.
    pub async fn site<T, B>(app: App<T>) -> Rc<dyn Site>
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
        let service = Rc::new(init_service(app).await);
        Rc::new(ActixSite(Box::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                match service.call(request.to_request()).await {
                    Ok(response) => HttpResponse::from(response.map_into_boxed_body()),
                    // As the server does with what middleware leaves to it.
                    Err(error) => error.error_response(),
                }
            })
        })))
    }
}

type Answering = Pin<Box<dyn Future<Output = HttpResponse>>>;

struct ActixSite(Box<dyn Fn(TestRequest) -> Answering>);

#[async_trait(?Send)]
impl Site for ActixSite {
    async fn answer(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (parts, body) = request.into_parts();
        let is_head = parts.method == http::Method::HEAD;
        let method = Method::from_bytes(parts.method.as_str().as_bytes()).expect("a method");
        let mut request = TestRequest::default().method(method).uri(&parts.uri.to_string()).set_payload(body);
        for (name, value) in &parts.headers {
            request = request.append_header((name.as_str(), value.as_bytes()));
        }
        let response = (self.0)(request).await;
        let mut answer = http::Response::builder().status(response.status().as_u16());
        for (name, value) in response.headers() {
            answer = answer.header(name.as_str(), value.as_bytes());
        }
        let body = body::to_bytes(response.into_body()).await.expect("a body in memory");
        // The server sends none in answer to HEAD.
        answer.body(if is_head { Bytes::new() } else { body }).expect("an answer")
    }
}

fn app() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .service(page("/logo.svg", || async { answer(site::logo()) }))
        .service(page("/", |visitor: Visitor| async { answer(site::home(&seen(visitor))) }))
        .service(page("/news", |visitor: Visitor| async { answer(site::news(&seen(visitor))) }))
        .service(page("/unchanged", |visitor: Visitor| async { answer(site::unchanged(&seen(visitor))) }))
        .service(page("/me", me))
        .service(page("/api/me", |session: Session| async move { answer(site::api_me(&session)) }))
        .service(page("/api/csrf", |session: Session| async move { answer(site::csrf(&session)) }))
        .service(page("/api/token", token))
        .service(page("/api/visits", visits))
        .service(page(site::ORDERS, |bearer: Bearer| async move { answer(site::orders(&bearer)) }))
        .service(page(site::CALLER, whoever))
        .service(web::resource(site::RENAME).post(rename))
        .configure(guarded)
}

fn guarded(app: &mut web::ServiceConfig) {
    for (path, layers) in site::GUARDED {
        let place = web::resource(path).get(whoever).post(whoever);
        match layers {
            [needs] => app.service(place.wrap(require(needs()))),
            [outer, inner] => app.service(place.wrap(require(inner())).wrap(require(outer()))),
            _ => panic!("{path} has more layers than this mount knows"),
        };
    }
    let billing = web::resource(site::BILLING)
        .get(|guarded: Guarded<CanBill>| async move { answer(site::me(&guarded)) });
    app.service(billing.wrap(require(Requirement::role("admin"))));
}

async fn whoever(caller: Caller) -> HttpResponse {
    answer(caller_page(&caller))
}

async fn me(session: Session) -> HttpResponse {
    answer(site::me(&session))
}

/// What is there to see, by GET and HEAD.
fn page<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: ::actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path).get(handler.clone()).head(handler)
}

fn caller_page(caller: &Caller) -> http::Response<Bytes> {
    match caller {
        Caller::User(session) => site::me(session),
        Caller::Token(bearer) => site::orders(bearer),
    }
}

async fn token(session: Session) -> Result<HttpResponse, Failure> {
    Ok(answer(site::api_token(&session).await?))
}

async fn visits(session: Session) -> Result<HttpResponse, Failure> {
    Ok(answer(site::count(&session).await?))
}

async fn rename(CheckedForm { session, fields }: CheckedForm<Rename>) -> HttpResponse {
    answer(site::rename(&session, &fields))
}

fn seen(visitor: Visitor) -> vestibule_web::Visitor {
    match visitor {
        Visitor::Anonymous => vestibule_web::Visitor::Anonymous,
        Visitor::SignedIn(session) => vestibule_web::Visitor::SignedIn(session.into_inner()),
    }
}

fn answer(response: http::Response<Bytes>) -> HttpResponse {
    let status = StatusCode::from_u16(response.status().as_u16()).expect("a status");
    let mut answer = HttpResponse::build(status);
    for (name, value) in response.headers() {
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    answer.body(response.into_body())
}
