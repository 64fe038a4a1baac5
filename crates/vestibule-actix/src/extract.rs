use std::{future::Future, pin::Pin};

use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;
use vestibule_web::{
    Call, Guard, Visit,
    handler::{Entry, Refusal},
};

use crate::{
    Bearer, Caller, CheckedForm, Guarded, Session, Visitor,
    answer::Refused,
    convert::{Borrowed, head, read},
};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

macro_rules! extractors {
    ($($name:ident $(<$guard:ident>)?),*) => {$(
        impl $(<$guard: Guard + 'static>)? FromRequest for $name $(<$guard>)? {
            type Error = Error;
            type Future = Extracting<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let noted = Noted::of(request);
                Box::pin(async move { Self::of(noted.entry()).await.map_err(|refusal| noted.refused(refusal)) })
            }
        }
    )*};
}

extractors!(Session, Visitor, Guarded<G>, Bearer, Caller);

impl<T: DeserializeOwned + 'static> FromRequest for CheckedForm<T> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let noted = Noted::of(request);
        let body = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let body = body.await?;
            let headers = Borrowed(noted.request.headers());
            let form = noted.entry().form(head(&noted.request, &headers), |cap| read(body, cap)).await;
            form.map(Self::from).map_err(|refusal| noted.refused(refusal))
        })
    }
}

/// What `wrap` and `wrap_api` noted of a request.
pub(crate) struct Noted {
    request: HttpRequest,
    visit: Option<Visit>,
    call: Option<Call>,
}

impl Noted {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let noted = request.extensions();
        let (visit, call) = (noted.get().cloned(), noted.get().cloned());
        Self { request: request.clone(), visit, call }
    }

    pub(crate) fn entry(&self) -> Entry<'_> {
        Entry::new(self.request.path(), self.visit.as_ref(), self.call.as_ref())
    }

    /// The answer as an error of actix's, which an `Option` around an extractor hides from the handler.
    pub(crate) fn refused(&self, refusal: Refusal) -> Error {
        let stands = refusal.stands();
        let refused = Refused(refusal.into_reply());
        if stands {
            self.request.extensions_mut().insert(refused.clone());
        }
        refused.into()
    }
}
