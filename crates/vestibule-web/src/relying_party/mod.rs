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
    error::Error,
    http::{BodyFault, Reply, RequestHead},
    return_to::ReturnTo,
    session::Visit,
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

    /// Whether provider and session store can be reached. For a readiness probe; nothing depends on it.
    ///
    /// # Errors
    /// The first of the two that cannot.
    pub async fn ready(&self) -> Result<(), Error> {
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
