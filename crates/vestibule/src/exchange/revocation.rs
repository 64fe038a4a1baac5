use bytes::Bytes;
use http::{Request, Response};

use super::{Authentication, Exchange, RetryAfter, form::Form};
use crate::{
    AccessToken, Diagnose, Diagnosis, Disposition, ProviderRefusal, ProviderTime, RefreshToken,
    json::parse_object, transport::TransportError,
};

/// A token to be revoked at the provider.
#[derive(Clone, Copy, Debug)]
pub enum RevocableToken<'a> {
    /// An access token.
    Access(&'a AccessToken),
    /// A refresh token; providers end the access tokens of the same grant with it.
    Refresh(&'a RefreshToken),
}

/// Tells the provider that a token is no longer needed (RFC 7009 section 2.1).
pub(crate) struct RevokeToken<'a> {
    pub(crate) endpoint: &'a url::Url,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) token: RevocableToken<'a>,
}

impl Exchange for RevokeToken<'_> {
    type Answer = ();
    type Error = RevocationError;

    fn request(&self) -> Request<Bytes> {
        let (token, hint) = match self.token {
            RevocableToken::Access(token) => (token.expose(), "access_token"),
            RevocableToken::Refresh(token) => (token.expose(), "refresh_token"),
        };
        let mut form = Form::new();
        form.add("token", token);
        form.add("token_type_hint", hint);
        self.authentication.sign(self.endpoint, self.client_id, form)
    }

    fn accept(self, response: Response<Bytes>, now: ProviderTime) -> Result<(), RevocationError> {
        match response.status().as_u16() {
            200 | 204 => Ok(()),
            429 | 500..=599 => {
                Err(RevocationError::Unavailable { retry_after: RetryAfter::read(response.headers(), now) })
            }
            _ => match parse_object(response.body()).ok().and_then(|object| ProviderRefusal::read(&object)) {
                Some(refusal) if refusal.error() == "unsupported_token_type" => Ok(()),
                refusal => Err(RevocationError::Refused(refusal)),
            },
        }
    }
}

/// The token was not revoked. Never a reason to keep a user logged in (checklist E23).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// The provider refused (RFC 7009 section 2.2.1); nothing more when its answer says no more.
    #[error("the provider refused to revoke a token")]
    Refused(Option<ProviderRefusal>),
    /// The provider cannot answer now.
    #[error("the provider's revocation endpoint is not available")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl Diagnose for RevocationError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Refused(_) => Diagnosis::new(
                "revocation.refused",
                Disposition::Reject,
                "check that this client may revoke tokens at the provider",
            ),
            Self::Unavailable { .. } => Diagnosis::new(
                "http.unavailable",
                Disposition::Retry,
                "the token ends by itself at its expiry; try again later",
            ),
            Self::Transport(error) => error.diagnosis(),
        }
    }
}
