use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    body::{BoxBody, EitherBody},
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

/// The answer that the engine gives in place of the handler's.
#[derive(Clone, Debug)]
pub(crate) struct Refused(pub(crate) Reply);

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        written(self.0.clone())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with {}", self.0.status())
    }
}

impl ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        // Who asked is not known here; `wrap` knows, and writes the answer.
        let mut response = HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The answer as it leaves: what was settled in place of one whose handler knows nothing of it, and the engine's words where
/// the handler failed. What middleware in between said about a failure stays; what it said about its empty body does not.
pub(crate) fn finish<B>(
    visit: &Visit,
    settled: Option<Refused>,
    mut response: HttpResponse<B>,
) -> HttpResponse<EitherBody<B>> {
    let failure = response.extensions_mut().remove::<Failure>();
    let mut response = match failure {
        Some(Failure(error)) => {
            response.headers_mut().remove(CONTENT_LENGTH);
            response.headers_mut().remove(CONTENT_ENCODING);
            overwrite(response, visit.respond(&error)).map_into_right_body()
        }
        None => settle(settled, response),
    };
    visit.finish(&mut Borrowed(response.headers_mut()));
    response
}

pub(crate) fn settle<B>(settled: Option<Refused>, response: HttpResponse<B>) -> HttpResponse<EitherBody<B>> {
    match settled {
        Some(Refused(reply)) if response.error().is_none() => written(reply).map_into_right_body(),
        _ => response.map_into_left_body(),
    }
}

/// A reply of the engine as an answer of actix's.
pub(crate) fn written(reply: Reply) -> HttpResponse {
    overwrite(HttpResponse::new(StatusCode::OK), reply)
}

fn overwrite<B>(mut response: HttpResponse<B>, reply: Reply) -> HttpResponse {
    let (parts, body) = reply.into_parts();
    *response.status_mut() =
        StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = Borrowed(response.headers_mut());
    for name in parts.headers.keys() {
        let mut values = parts.headers.get_all(name).iter();
        values.next().into_iter().for_each(|first| headers.insert(name, first));
        values.for_each(|other| headers.append(name, other));
    }
    response.set_body(BoxBody::new(body))
}
