use std::{cell::OnceCell, rc::Rc};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, EitherBody},
    error::InternalError,
    http::{
        StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH},
    },
};
use vestibule_web::{
    Visit,
    http::{HeadersMut, Reply},
};

use crate::{Failure, convert::Borrowed};

/// A request that came in by [`wrap`](crate::wrap).
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) visit: Visit,
    /// The answer that the engine gives in place of the handler's.
    settled: Rc<OnceCell<Failure>>,
}

impl Entry {
    pub(crate) fn new(visit: Visit) -> Self {
        Self { visit, settled: Rc::default() }
    }

    /// The entry that `wrap` noted.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, actix_web::Error> {
        request.extensions().get().cloned().ok_or_else(|| not_wrapped(request))
    }

    /// Makes `reply` the answer, whatever the handler says: an `Option` around an extractor hides the failure from it.
    pub(crate) fn settle(&self, reply: Reply) -> Failure {
        self.settled.get_or_init(|| Failure::replied(reply)).clone()
    }

    /// Finishes the answer of the app, and writes it if the handler failed. What middleware in between said about the
    /// answer stays; what it said about its empty body does not.
    pub(crate) fn finish<B>(&self, mut response: HttpResponse<B>) -> HttpResponse<EitherBody<B>> {
        let failure = response.extensions_mut().remove::<Failure>();
        if failure.is_none() && self.settled.get().is_some() {
            // The handler knows nothing of it: nothing that it said stays.
            response.headers_mut().clear();
        }
        let mut response = match self.settled.get().or(failure.as_ref()) {
            Some(failure) => {
                response.headers_mut().remove(CONTENT_LENGTH);
                response.headers_mut().remove(CONTENT_ENCODING);
                overwrite(response, failure.reply(&self.visit)).map_into_right_body()
            }
            None => response.map_into_left_body(),
        };
        self.visit.finish(&mut Borrowed(response.headers_mut()));
        response
    }
}

/// The app was not wrapped, or the handler is not below it.
pub(crate) fn not_wrapped(request: &HttpRequest) -> actix_web::Error {
    tracing::error!(
        event = "config.not_wrapped",
        code = "config.not_wrapped",
        path = request.path(),
        "a handler asks for a session or a token outside of vestibule_actix::wrap or wrap_api: wrap the finished app, last"
    );
    let message = "the application is not set up correctly";
    InternalError::new(message, StatusCode::INTERNAL_SERVER_ERROR).into()
}

/// Puts a reply of the engine in the place of a response.
pub(crate) fn overwrite<B>(mut response: HttpResponse<B>, reply: Reply) -> HttpResponse {
    let (parts, body) = reply.into_parts();
    *response.status_mut() =
        StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = Borrowed(response.headers_mut());
    parts.headers.keys().for_each(|name| headers.remove(name.as_str()));
    for (name, value) in &parts.headers {
        headers.append(name.as_str(), value.as_bytes());
    }
    response.set_body(BoxBody::new(body))
}
