use std::{fmt, sync::Arc};

use vestibule::{AccessGrant, Verified};

use super::{Caller, Refusal};
use crate::{Call, Error, Requirement, Session, Visit, Visitor};

/// What the adapter noted of a request when it came in.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    path: &'a str,
    visit: Option<&'a Visit>,
    call: Option<&'a Call>,
}

impl<'a> Entry<'a> {
    /// A request for that path: `visit` where `wrap` saw it, `call` where `wrap_api` did.
    pub fn new(path: &'a str, visit: Option<&'a Visit>, call: Option<&'a Call>) -> Self {
        Self { path, visit, call }
    }

    /// The session of a signed-in user.
    ///
    /// # Errors
    /// The answer to everybody else: an anonymous page load is sent to log in, a call gets 401.
    pub async fn session(self) -> Result<Session, Refusal> {
        let visit = self.visit.ok_or_else(|| self.not_wrapped())?;
        match visit.visitor().await {
            Ok(Visitor::SignedIn(session)) => Ok(session),
            Ok(Visitor::Anonymous) => Err(Refusal::to_nobody(visit.challenge())),
            Err(error) => Err(Refusal::standing(visit.respond(&error.into()))),
        }
    }

    /// Whoever is there.
    ///
    /// # Errors
    /// As for [`Visit::welcome`].
    pub async fn visitor(self) -> Result<Visitor, Refusal> {
        self.visit.ok_or_else(|| self.not_wrapped())?.welcome().await.map_err(Refusal::standing)
    }

    /// The session of a user who meets the requirement.
    ///
    /// # Errors
    /// As for [`Visit::admit`].
    pub async fn guarded(self, requirement: &Requirement) -> Result<Session, Refusal> {
        self.visit.ok_or_else(|| self.not_wrapped())?.admit(requirement).await.map_err(Refusal::standing)
    }

    /// What the access token grants.
    ///
    /// # Errors
    /// The challenge to whoever sent none that is accepted, and 503 where that cannot be told.
    pub async fn grant(self) -> Result<Arc<Verified<AccessGrant>>, Refusal> {
        let call = self.call.ok_or_else(|| self.not_wrapped())?;
        call.grant().await.cloned().map_err(|error| {
            let reply = call.respond(&error);
            if call.has_token() { Refusal::standing(reply) } else { Refusal::to_nobody(reply) }
        })
    }

    /// Whoever calls: the token counts if one is sent.
    ///
    /// # Errors
    /// As for [`grant`](Self::grant) or [`session`](Self::session).
    pub async fn caller(self) -> Result<Caller, Refusal> {
        let call = self.call.ok_or_else(|| self.not_wrapped())?;
        if call.has_token() {
            return self.grant().await.map(Caller::Token);
        }
        let visit = self.visit.ok_or_else(|| self.not_wrapped())?;
        match visit.visitor().await {
            Ok(Visitor::SignedIn(session)) => Ok(Caller::User(session)),
            Ok(Visitor::Anonymous) => Err(Refusal::to_nobody(call.challenge(visit))),
            Err(error) => Err(Refusal::standing(visit.respond(&error.into()))),
        }
    }

    /// Lets through whoever meets the requirement: by access token if one is sent to a place that takes them, else by session.
    ///
    /// # Errors
    /// The answer to everybody else.
    pub async fn admit(self, requirement: &Requirement) -> Result<(), Refusal> {
        match self.call {
            Some(call) => call.admit(self.visit, requirement).await.map_err(Refusal::standing),
            None => self.guarded(requirement).await.map(drop),
        }
    }

    /// The answer to this request when it failed with `error`.
    pub(super) fn respond(self, error: impl Into<Error>) -> Refusal {
        match self.visit {
            Some(visit) => Refusal::to_nobody(visit.respond(&error.into())),
            None => self.not_wrapped(),
        }
    }

    fn not_wrapped(self) -> Refusal {
        Refusal::not_wrapped(self.path)
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("path", &self.path).finish_non_exhaustive()
    }
}
