use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use vestibule_web::Visit;

use crate::Failure;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // Who asked is not known here; `wrap` knows, and writes the answer.
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the answer of a handler that failed. What layers in between said about the answer stays; what they said about
/// its empty body does not.
pub(crate) fn answer(mut response: Response, visit: &Visit) -> Response {
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return response };
    let mut answer = visit.respond(&error).map(Body::from);
    let mut headers = std::mem::take(response.headers_mut());
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.extend(std::mem::take(answer.headers_mut()));
    *answer.headers_mut() = headers;
    answer
}
