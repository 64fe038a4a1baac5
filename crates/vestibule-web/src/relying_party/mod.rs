mod builder;
mod maintenance;
mod sessions;

use std::{fmt, future::Future, sync::Arc};

use bytes::Bytes;

pub use builder::RelyingPartyBuilder;
pub use sessions::{NoSessions, Sealed, SealedRevocable, Stored};

use vestibule::{AnyKind, Client, CodeFlow};

use crate::{
    challenge,
    endpoint::{self, Endpoint},
    engine::Engine,
    error::{Error, SessionError},
    http::{BodyFault, Reply, RequestHead},
    return_to::ReturnTo,
    session::{self, Visit},
    store::{Scope, StoreError},
    to_the_end::to_the_end,
};

/// An application that lets its users log in at a provider: sessions, login, logout, for any web framework.
///
/// Made once, outside of any worker closure; clones share everything.
#[derive(Clone)]
pub struct RelyingParty(pub(crate) Arc<Engine>);

impl RelyingParty {
    /// Starts to describe the application: its client, and the origin that browsers see it at.
    pub fn builder<K: CodeFlow>(
        client: Client<K>,
        base_url: impl Into<String>,
    ) -> RelyingPartyBuilder<NoSessions> {
        RelyingPartyBuilder::new(client.erase(), base_url.into())
    }

    /// The client that its users log in by.
    pub fn client(&self) -> &Client<AnyKind> {
        &self.0.client
    }

    /// Which of the engine's endpoints answers this path, if any.
    pub fn endpoint(&self, path: &str) -> Option<Endpoint> {
        Endpoint::of(path, &self.0)
    }

    /// Answers a request to one of the engine's endpoints. `body` reads the request's body up to a cap in bytes.
    pub async fn serve<B, F>(&self, endpoint: Endpoint, head: RequestHead<'_>, body: B) -> Reply
    where
        B: FnOnce(usize) -> F,
        F: Future<Output = Result<Bytes, BodyFault>>,
    {
        maintenance::ensure_running(&self.0);
        endpoint::serve(&self.0, endpoint, &head, body).await
    }

    /// Opens the visit that a request makes: cheap, touches no store until somebody asks who the visitor is.
    pub fn visit(&self, head: &RequestHead<'_>) -> Visit {
        maintenance::ensure_running(&self.0);
        Visit::open(&self.0, head)
    }

    /// Opens a visit of somebody whom no relying party was chosen for, and who may choose one at that page, if there is one.
    pub(crate) fn visit_of_nobody(&self, head: &RequestHead<'_>, choose_at: Option<&Arc<str>>) -> Visit {
        Visit::of_nobody(&self.0, head, choose_at)
    }

    /// Where a button leads that logs in here and comes back to `return_to`, a path of this application with an optional
    /// query. The start page stands for any other place.
    pub fn login_path(&self, return_to: &str) -> String {
        let place = ReturnTo::parse(return_to, &self.0.origin).unwrap_or_else(ReturnTo::home);
        challenge::login_url(&self.0, &place)
    }

    /// The answer to an anonymous visitor of a protected place: a page is sent to log in and comes back, a program gets
    /// 401 as problem+json.
    pub fn challenge(&self, head: &RequestHead<'_>) -> Reply {
        self.visit(head).challenge()
    }

    /// The answer to a request that failed with this error.
    pub fn respond(&self, error: &Error, head: &RequestHead<'_>) -> Reply {
        self.visit(head).respond(error)
    }

    /// Ends every session of this user, by the `sub` that the provider calls them by: for an administrator who locks an
    /// account. Whoever logs in after that is let in, so lock the account first.
    ///
    /// Costs the same however many sessions there are. Logins that are under way end as well.
    ///
    /// ```
    /// # async fn f(rp: vestibule_web::RelyingParty) -> Result<(), vestibule_web::Error> {
    /// rp.end_sessions_of("248289761001").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`LogoutError::Unfinished`](crate::error::LogoutError::Unfinished) when the store did not take it: it is in effect in
    /// this process, and everywhere as soon as the store can be reached. [`Error::Store`] when nothing happened.
    /// [`SessionError::NeedsStore`](crate::SessionError::NeedsStore) for sealed sessions without a store for logouts.
    pub async fn end_sessions_of(&self, subject: &str) -> Result<(), Error> {
        self.end_all_of(self.0.realm.subject(subject)).await
    }

    /// Ends every session of this application, for an emergency: keys that leaked, a provider that was broken into. See
    /// [`end_sessions_of`](Self::end_sessions_of).
    ///
    /// # Errors
    /// As for [`end_sessions_of`](Self::end_sessions_of).
    pub async fn end_all_sessions(&self) -> Result<(), Error> {
        self.end_all_of(self.0.realm.everything()).await
    }

    async fn end_all_of(&self, scope: Scope) -> Result<(), Error> {
        maintenance::ensure_running(&self.0);
        if self.0.sealed.as_ref().is_some_and(|sealed| !sealed.hears_logouts) {
            return Err(SessionError::NeedsStore.into());
        }
        let engine = Arc::clone(&self.0);
        to_the_end(async move { Ok(session::revoke(&engine, vec![scope], None).await?) }).await
    }

    /// Whether provider and session store can be reached, and logouts still find room to wait for the store. For a readiness
    /// probe; nothing depends on it.
    ///
    /// # Errors
    /// The first of them that fails.
    pub async fn ready(&self) -> Result<(), Error> {
        if self.0.store.queue.is_full() {
            return Err(StoreError::Full.into());
        }
        self.0.store.check().await?;
        self.0.client.provider().ready().await?;
        Ok(())
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingParty")
            .field("client", &self.0.client)
            .field("origin", &self.0.origin.as_str())
            .finish_non_exhaustive()
    }
}
