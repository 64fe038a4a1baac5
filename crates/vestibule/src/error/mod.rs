mod config;
mod diagnosis;
mod refusal;

use std::sync::Arc;

pub use config::ConfigError;
pub use diagnosis::{Diagnose, Diagnosis, Disposition};
pub use refusal::ProviderRefusal;

use crate::{
    CallbackError, DeviceError, DiscoveryError, IntrospectionError, RandomError, RefreshError, RetryAfter,
    RevocationError, ServiceTokenError, TokenEndpointError, TokenError, UserInfoError, backoff::Repeated,
    scalekit::ScalekitError, transport::TransportError,
};

/// Everything that can go wrong with a provider, sorted by whose fault it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The application is set up wrongly.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The provider's metadata breaks a rule.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// No usable answer came back.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The browser brought an answer that completes no login.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The code was not exchanged.
    #[error(transparent)]
    TokenEndpoint(#[from] TokenEndpointError),
    /// A login on another device did not come about.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A token breaks a rule, or cannot be checked now.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The tokens were not refreshed.
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    /// The claims about the user are not to be had.
    #[error(transparent)]
    UserInfo(#[from] UserInfoError),
    /// A token was not revoked.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
    /// What an access token grants is not known from the provider.
    #[error(transparent)]
    Introspection(#[from] IntrospectionError),
    /// No token was granted to a service.
    #[error(transparent)]
    Service(#[from] ServiceTokenError),
    /// A call of Scalekit's API failed.
    #[error(transparent)]
    Scalekit(#[from] ScalekitError),
    /// The random source failed.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The same call failed a moment ago, and its pause is not over.
    #[error("{0}")]
    Repeated(Arc<Self>),
}

impl Error {
    /// When the provider wants to be asked again, if it said so (RFC 9110 section 10.2.3).
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::Discovery(DiscoveryError::Unavailable { retry_after })
            | Self::TokenEndpoint(TokenEndpointError::Unavailable { retry_after })
            | Self::Introspection(IntrospectionError::Unavailable { retry_after })
            | Self::Revocation(RevocationError::Unavailable { retry_after })
            | Self::Service(ServiceTokenError::Unavailable { retry_after })
            | Self::Scalekit(ScalekitError::Unavailable { retry_after }) => *retry_after,
            Self::Refresh(error) => error.retry_after(),
            Self::Device(error) => error.retry_after(),
            Self::Repeated(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl From<Repeated<Self>> for Error {
    fn from(repeated: Repeated<Self>) -> Self {
        Self::Repeated(repeated.0)
    }
}

impl Diagnose for Error {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Config(error) => error.diagnosis(),
            Self::Discovery(error) => error.diagnosis(),
            Self::Transport(error) => error.diagnosis(),
            Self::Callback(error) => error.diagnosis(),
            Self::TokenEndpoint(error) => error.diagnosis(),
            Self::Device(error) => error.diagnosis(),
            Self::Token(error) => error.diagnosis(),
            Self::Refresh(error) => error.diagnosis(),
            Self::UserInfo(error) => error.diagnosis(),
            Self::Revocation(error) => error.diagnosis(),
            Self::Introspection(error) => error.diagnosis(),
            Self::Service(error) => error.diagnosis(),
            Self::Scalekit(error) => error.diagnosis(),
            Self::Random(error) => error.diagnosis(),
            Self::Repeated(error) => error.diagnosis(),
        }
    }
}
