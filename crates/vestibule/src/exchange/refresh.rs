use bytes::Bytes;
use http::{Request, Response};

use super::{
    Authentication, Exchange, RetryAfter, TokenEndpointError, TokenResponse, code::TokenAnswer, form::Form,
};
use crate::{
    Diagnose, Diagnosis, Disposition, Error, ProviderMetadata, ProviderRefusal, ProviderTime, RefreshToken,
    token::TokenError, transport::TransportError,
};

/// Exchanges a refresh token for new tokens (RFC 6749 section 6).
pub(crate) struct ExchangeRefreshToken<'a> {
    pub(crate) metadata: &'a ProviderMetadata,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) refresh_token: &'a RefreshToken,
}

impl Exchange for ExchangeRefreshToken<'_> {
    type Answer = TokenResponse;
    type Error = RefreshError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("grant_type", "refresh_token");
        form.add("refresh_token", self.refresh_token.expose());
        self.authentication.sign(&self.metadata.token_endpoint, self.client_id, form)
    }

    fn accept(self, response: Response<Bytes>, now: ProviderTime) -> Result<TokenResponse, RefreshError> {
        TokenAnswer::read(&response, now).map_err(RefreshError::from)
    }
}

/// The tokens were not refreshed. Only [`Disposition::Gone`] says that the session is over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// The provider no longer knows the refresh token: `invalid_grant` (RFC 6749 section 5.2, checklist D17).
    #[error("the provider ended the grant: {0}")]
    Revoked(ProviderRefusal),
    /// The provider does not accept this client: the session lives on, somebody must look (checklist D19).
    #[error("the provider refused the client at refresh: {0}")]
    Client(ProviderRefusal),
    /// The refreshed ID token is not about the same login, or is no valid ID token (Core section 12.2, checklist A27).
    #[error("the refreshed ID token does not continue the session")]
    IdentityChanged(#[source] TokenError),
    /// No usable answer for now (checklist D18, H03).
    #[error("the provider cannot refresh tokens now")]
    Unavailable(#[source] RefreshFailure),
}

/// Why a refresh has to wait.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshFailure {
    /// Metadata, configuration or transport failed; nothing was sent.
    #[error(transparent)]
    NotSent(Box<Error>),
    /// The request may have arrived, and no answer came that could be read: the refresh token may be spent (checklist
    /// D20).
    #[error("no usable answer came to a refresh that may have arrived")]
    OutcomeUnknown(#[source] TransportError),
    /// The provider answered that it cannot answer.
    #[error("the provider's token endpoint is not available")]
    Refused {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// The answer breaks a rule; the text names the member. The refresh token may be spent.
    #[error("the provider's token answer has no proper {0}")]
    InvalidResponse(&'static str),
}

impl RefreshError {
    /// Whether the refresh token may have been spent although no new one is known.
    pub fn maybe_spent(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(RefreshFailure::OutcomeUnknown(_) | RefreshFailure::InvalidResponse(_))
        )
    }

    /// When the provider wants to be asked again.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::Unavailable(RefreshFailure::Refused { retry_after }) => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn not_sent(error: impl Into<Error>) -> Self {
        Self::Unavailable(RefreshFailure::NotSent(Box::new(error.into())))
    }
}

impl From<TransportError> for RefreshError {
    fn from(error: TransportError) -> Self {
        if error.maybe_sent() {
            Self::Unavailable(RefreshFailure::OutcomeUnknown(error))
        } else {
            Self::not_sent(error)
        }
    }
}

impl From<TokenEndpointError> for RefreshError {
    fn from(error: TokenEndpointError) -> Self {
        match error {
            TokenEndpointError::Refused(refusal) => match refusal.error() {
                "invalid_grant" => Self::Revoked(refusal),
                "temporarily_unavailable" | "server_error" | "slow_down" => {
                    Self::Unavailable(RefreshFailure::Refused { retry_after: None })
                }
                _ => Self::Client(refusal),
            },
            TokenEndpointError::InvalidResponse(member) => {
                Self::Unavailable(RefreshFailure::InvalidResponse(member))
            }
            TokenEndpointError::Unavailable { retry_after } => {
                Self::Unavailable(RefreshFailure::Refused { retry_after })
            }
            TokenEndpointError::OutcomeUnknown(error) | TokenEndpointError::NotSent(error) => error.into(),
        }
    }
}

impl Diagnose for RefreshError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Gone, Retry};
        match self {
            Self::Revoked(_) => Diagnosis::new(
                "refresh.revoked",
                Gone,
                "the user logged out elsewhere or the grant ended; log in again",
            ),
            Self::Client(_) => Diagnosis::new(
                "refresh.client_error",
                Config,
                "check the client id, its secret and its grant types at the provider",
            ),
            Self::IdentityChanged(_) => Diagnosis::new(
                "refresh.identity_changed",
                Gone,
                "the provider answered about another login; log in again and report it",
            ),
            Self::Unavailable(_) => Diagnosis::new(
                "refresh.unavailable",
                Retry,
                "the session lives on; the refresh is tried again at the next use",
            ),
        }
    }
}
