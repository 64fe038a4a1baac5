use bytes::Bytes;
use http::{Request, Response};

use super::{
    Authentication, Exchange, RetryAfter, TokenEndpointError, TokenResponse, code::TokenAnswer, form::Form,
};
use crate::{
    Diagnose, Diagnosis, Disposition, ProviderRefusal, ProviderTime, client::ClientCredentials,
    transport::TransportError,
};

/// Asks for an access token on the client's own behalf (RFC 6749 section 4.4.2).
pub(crate) struct RequestServiceToken<'a> {
    pub(crate) endpoint: &'a url::Url,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) wanted: &'a ClientCredentials,
}

impl Exchange for RequestServiceToken<'_> {
    type Answer = TokenResponse;
    type Error = ServiceTokenError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("grant_type", "client_credentials");
        for (name, value) in self.wanted.parameters() {
            form.add(name, value);
        }
        self.authentication.sign(self.endpoint, self.client_id, form)
    }

    fn accept(
        self,
        response: Response<Bytes>,
        now: ProviderTime,
    ) -> Result<TokenResponse, ServiceTokenError> {
        Ok(TokenAnswer::read(&response, now)?)
    }
}

/// No access token was granted to a service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceTokenError {
    /// The provider refused by the rules (RFC 6749 section 5.2).
    #[error("the provider refused a token to the service: {0}")]
    Refused(ProviderRefusal),
    /// The answer breaks a rule; the text names the member (RFC 6749 section 5.1, checklist C23).
    #[error("the provider's token answer has no proper {0}")]
    InvalidResponse(&'static str),
    /// The provider says that it cannot answer now (checklist E22, H13).
    #[error("the provider's token endpoint is not available")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(TransportError),
    /// An API refused a token that had replaced a refused one a moment before.
    #[error("a new access token was refused as well")]
    RejectedAgain,
}

impl From<TransportError> for ServiceTokenError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<TokenEndpointError> for ServiceTokenError {
    fn from(error: TokenEndpointError) -> Self {
        match error {
            TokenEndpointError::Refused(refusal) => match refusal.error() {
                "temporarily_unavailable" | "server_error" | "slow_down" => {
                    Self::Unavailable { retry_after: None }
                }
                _ => Self::Refused(refusal),
            },
            TokenEndpointError::InvalidResponse(member) => Self::InvalidResponse(member),
            TokenEndpointError::Unavailable { retry_after } => Self::Unavailable { retry_after },
            TokenEndpointError::OutcomeUnknown(error) | TokenEndpointError::NotSent(error) => {
                Self::Transport(error)
            }
        }
    }
}

impl Diagnose for ServiceTokenError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Retry};
        match self {
            Self::Refused(_) => Diagnosis::new(
                "service.refused",
                Config,
                "check the client id, its secret or key, its scopes, and that it may use client credentials",
            ),
            Self::InvalidResponse(_) => Diagnosis::new(
                "token.invalid_response",
                Retry,
                "the token endpoint's answer breaks RFC 6749; report it to the provider",
            ),
            Self::Unavailable { .. } => Diagnosis::new(
                "http.unavailable",
                Retry,
                "the provider is overloaded or down; it is asked again",
            ),
            Self::Transport(error) => error.diagnosis(),
            Self::RejectedAgain => Diagnosis::new(
                "service.rejected_again",
                Config,
                "check that this client may call the API, and that the API expects its scopes and audience",
            ),
        }
    }
}
