use std::ops::Deref;

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use vestibule_web::SessionError;

use crate::{Failure, convert::Extracting, entry::Entry};

/// A signed-in user's session. As an extractor it protects the handler: an anonymous page load is sent to log in and
/// comes back, an anonymous call gets 401, and a store outage 503.
#[derive(Clone, Debug)]
pub struct Session(pub(crate) vestibule_web::Session);

impl Session {
    /// The session apart from actix.
    pub fn into_inner(self) -> vestibule_web::Session {
        self.0
    }
}

impl Deref for Session {
    type Target = vestibule_web::Session;

    fn deref(&self) -> &vestibule_web::Session {
        &self.0
    }
}

/// Whoever is there. As an extractor it protects nothing, yet an outage of the store is 503 and never `Anonymous`.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody who is signed in.
    Anonymous,
    /// A signed-in user.
    SignedIn(Session),
}

impl FromRequest for Visitor {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let entry = Entry::of(request);
        Box::pin(async move {
            let entry = entry?;
            Ok(match entry.visit.welcome().await.map_err(|reply| entry.settle(reply))? {
                vestibule_web::Visitor::Anonymous => Self::Anonymous,
                vestibule_web::Visitor::SignedIn(session) => Self::SignedIn(Session(session)),
            })
        })
    }
}

impl FromRequest for Session {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let entry = Entry::of(request);
        Box::pin(async move {
            let entry = entry?;
            match entry.visit.visitor().await {
                Ok(vestibule_web::Visitor::SignedIn(session)) => Ok(Self(session)),
                Ok(vestibule_web::Visitor::Anonymous) => Err(Failure::from(SessionError::Required).into()),
                Err(error) => Err(entry.settle(entry.visit.respond(&error.into())).into()),
            }
        })
    }
}
