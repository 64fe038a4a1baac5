//! One login attempt: the request that starts it, what must be kept meanwhile, the answer that ends it.

mod authorization_request;
mod callback;
mod pending;
mod pkce;
mod prompt;
mod redirect_uri;
mod scopes;

pub use authorization_request::AuthorizationRequest;
pub use callback::{Callback, CallbackError};
pub use pending::{LoginStart, PendingLogin};
pub(crate) use pkce::{challenge, random_token};
pub use prompt::Prompt;
pub use redirect_uri::RedirectUri;
pub(crate) use scopes::Scopes;

use crate::{IdToken, TokenResponse, Verified};

/// A finished login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// Who logged in, verified for this issuer, this client and this very attempt.
    pub id_token: Verified<IdToken>,
    /// The tokens that came with it.
    pub tokens: TokenResponse,
}
