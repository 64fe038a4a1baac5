use bytes::Bytes;
use http::{Request, Response};

use super::{Authentication, Exchange, RetryAfter, TokenResponse, form::Form};
use crate::{
    AuthorizationCode, CodeVerifier, Diagnose, Diagnosis, Disposition, ProviderMetadata, ProviderRefusal,
    ProviderTime, json::parse_object, transport::TransportError,
};

/// Exchanges an authorization code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
pub(crate) struct ExchangeCode<'a> {
    pub(crate) metadata: &'a ProviderMetadata,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) code: &'a AuthorizationCode,
    pub(crate) redirect_uri: &'a str,
    pub(crate) verifier: &'a CodeVerifier,
}

impl Exchange for ExchangeCode<'_> {
    type Answer = TokenResponse;
    type Error = TokenEndpointError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("grant_type", "authorization_code");
        form.add("code", self.code.expose());
        form.add("redirect_uri", self.redirect_uri);
        form.add("code_verifier", self.verifier.expose());
        self.authentication.sign(&self.metadata.token_endpoint, self.client_id, form)
    }

    fn accept(
        self,
        response: Response<Bytes>,
        now: ProviderTime,
    ) -> Result<TokenResponse, TokenEndpointError> {
        TokenAnswer::read(&response, now)
    }
}

/// Sorts an answer of the token endpoint.
pub(super) struct TokenAnswer;

impl TokenAnswer {
    pub(super) fn read(
        response: &Response<Bytes>,
        now: ProviderTime,
    ) -> Result<TokenResponse, TokenEndpointError> {
        match response.status().as_u16() {
            200 => TokenResponse::read(response.body(), now).map_err(TokenEndpointError::InvalidResponse),
            429 | 500..=599 => Err(TokenEndpointError::Unavailable {
                retry_after: RetryAfter::read(response.headers(), now),
            }),
            400..=499 => Err(parse_object(response.body())
                .ok()
                .and_then(|object| ProviderRefusal::read(&object))
                .map_or(TokenEndpointError::InvalidResponse("error"), TokenEndpointError::Refused)),
            _ => Err(TokenEndpointError::InvalidResponse("status")),
        }
    }
}

/// The code was not exchanged. A code is sent once, so that a new login is the only way on (checklist C24).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenEndpointError {
    /// The provider refused by the rules (RFC 6749 section 5.2).
    #[error("the provider refused the token request: {0}")]
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
    /// The request may have arrived, and no answer came that could be read (checklist C24, H15).
    #[error("no usable answer came to a token request that may have arrived")]
    OutcomeUnknown(#[source] TransportError),
    /// The request did not leave.
    #[error(transparent)]
    NotSent(TransportError),
}

impl From<TransportError> for TokenEndpointError {
    fn from(error: TransportError) -> Self {
        if error.maybe_sent() { Self::OutcomeUnknown(error) } else { Self::NotSent(error) }
    }
}

impl Diagnose for TokenEndpointError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        match self {
            Self::Refused(refusal) => match refusal.error() {
                "invalid_client" | "unauthorized_client" => Diagnosis::new(
                    "token.oauth_error",
                    Config,
                    "check the client id, its secret and its grant types at the provider",
                ),
                _ => Diagnosis::new(
                    "token.oauth_error",
                    Reject,
                    "start a new login; check the redirect URI if it happens every time",
                ),
            },
            Self::InvalidResponse(_) => Diagnosis::new(
                "token.invalid_response",
                Reject,
                "the token endpoint's answer breaks RFC 6749; report it to the provider",
            ),
            Self::Unavailable { .. } => Diagnosis::new(
                "http.unavailable",
                Retry,
                "the provider is overloaded or down; start the login again later",
            ),
            Self::OutcomeUnknown(error) if error.has_answer() => error.diagnosis(),
            Self::OutcomeUnknown(_) => {
                Diagnosis::new("token.outcome_unknown", Retry, "start the login again; the code may be spent")
            }
            Self::NotSent(error) => error.diagnosis(),
        }
    }
}
