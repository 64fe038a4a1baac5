use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::Response,
};
use serde::de::DeserializeOwned;
use vestibule_web::{
    Guard,
    handler::{Entry, Refusal},
    http::RequestHead,
};

use crate::{Bearer, Caller, CheckedForm, Guarded, Session, Visitor, service::read};

macro_rules! extractors {
    ($($name:ident $(<$guard:ident>)?),*) => {$(
        impl<S: Sync $(, $guard: Guard)?> FromRequestParts<S> for $name $(<$guard>)? {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
                Self::of(entry(parts)).await.map_err(refused)
            }
        }
    )*};
}

extractors!(Session, Visitor, Guarded<G>, Bearer, Caller);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for CheckedForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        let form = entry(&parts).form(head, |cap| read(body, cap)).await;
        form.map(Self::from).map_err(refused)
    }
}

/// What `wrap` and `wrap_api` noted of this request.
pub(crate) fn entry(parts: &Parts) -> Entry<'_> {
    Entry::new(parts.uri.path(), parts.extensions.get(), parts.extensions.get())
}

pub(crate) fn refused(refusal: Refusal) -> Response {
    refusal.into_reply().map(Body::from)
}
