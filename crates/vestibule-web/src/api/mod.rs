//! An API over HTTP: access tokens in requests, challenges in answers, and what the API says about itself.

mod authorization;
mod builder;
mod call;
mod challenge;
mod error;
mod logouts;
mod metadata;

use std::{fmt, sync::Arc};

pub use builder::ApiBuilder;
pub use call::Call;
pub use error::ApiError;
use logouts::Logouts;
use metadata::Metadata;
use vestibule::ResourceServer;

use crate::http::{Reply, RequestHead};

/// An API that is called with access tokens, for any web framework. Clones share everything.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use vestibule_web::{Api, vestibule::Provider};
///
/// let provider = Provider::new("https://acme.example")?;
/// let orders = provider.resource_server("https://api.acme.example").build()?;
/// let api = Api::builder(orders, "https://api.acme.example").scopes(["orders:read"]).build()?;
/// # let _ = api; Ok(())
/// # }
/// ```
///
/// Tokens are read from the `Authorization` header alone (RFC 6750 section 2.1). No CORS header is ever sent: let a layer of
/// the application's own say which other origins may call it.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    resource_server: ResourceServer,
    metadata: Metadata,
    users_only: bool,
    logouts: Vec<Logouts>,
}

impl Api {
    /// Starts to describe an API: what it accepts, and the URL that its clients see it at. Where tokens name the API by a
    /// URL, that is the one.
    pub fn builder(resource_server: ResourceServer, url: impl Into<String>) -> ApiBuilder {
        ApiBuilder::new(resource_server, url.into())
    }

    /// Answers a request for the API's metadata (RFC 9728 section 3); `None` for any other request.
    pub fn serve(&self, head: &RequestHead<'_>) -> Option<Reply> {
        self.0.metadata.serve(head)
    }

    /// Opens the call that a request makes: cheap, verifies nothing until somebody asks what is granted.
    pub fn call(&self, head: &RequestHead<'_>) -> Call {
        Call::open(self, head)
    }

    /// An id that ties an answer to its log line.
    fn correlation(&self) -> String {
        let mut bytes = [0; 8];
        // Without randomness the line is merely harder to find.
        let _ = self.0.resource_server.provider().random().fill(&mut bytes);
        format!("{:016x}", u64::from_be_bytes(bytes))
    }

    /// What tokens are verified by.
    pub fn resource_server(&self) -> &ResourceServer {
        &self.0.resource_server
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("resource_server", &self.0.resource_server).finish_non_exhaustive()
    }
}
