use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};

use super::{Authentication, Exchange, RetryAfter, form::Form};
use crate::{
    Diagnose, Diagnosis, Disposition, ProviderRefusal, ProviderTime, json::parse_object,
    transport::TransportError,
};

/// Asks the provider about an access token (RFC 7662 section 2.1).
pub(crate) struct IntrospectToken<'a> {
    pub(crate) endpoint: &'a url::Url,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) token: &'a str,
}

impl Exchange for IntrospectToken<'_> {
    /// What the provider says of a token that is active.
    type Answer = Map<String, Value>;
    type Error = IntrospectionError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("token", self.token);
        form.add("token_type_hint", "access_token");
        self.authentication.sign(self.endpoint, self.client_id, form)
    }

    fn accept(
        self,
        response: Response<Bytes>,
        now: ProviderTime,
    ) -> Result<Self::Answer, IntrospectionError> {
        let object = parse_object(response.body());
        match response.status().as_u16() {
            200 => {
                let members = object.map_err(|_| IntrospectionError::Malformed)?;
                let is_active = members.get("active") == Some(&Value::Bool(true));
                if is_active { Ok(members) } else { Err(IntrospectionError::Inactive) }
            }
            429 | 500..=599 => {
                let retry_after = RetryAfter::read(response.headers(), now);
                Err(IntrospectionError::Unavailable { retry_after })
            }
            _ => Err(IntrospectionError::Refused(
                object.ok().and_then(|object| ProviderRefusal::read(&object)),
            )),
        }
    }
}

/// What an access token grants is not known from the provider (checklist G10).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntrospectionError {
    /// The provider does not say that the token is active, by the JSON value `true` (RFC 7662 section 2.2).
    #[error("the access token is not active")]
    Inactive,
    /// The provider says that it cannot answer now.
    #[error("the provider's introspection endpoint is not available")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// No answer came.
    #[error("the provider's introspection endpoint does not answer")]
    NoAnswer(#[from] TransportError),
    /// The answer is no JSON object with unique members.
    #[error("the provider's introspection answer is not a JSON object")]
    Malformed,
    /// So many tokens are being asked about that no further one is.
    #[error("too many access tokens are being introspected")]
    Busy,
    /// The provider does not answer this client (RFC 7662 section 2.3).
    #[error("the provider refused to introspect a token")]
    Refused(Option<ProviderRefusal>),
}

impl Diagnose for IntrospectionError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        let (disposition, hint) = match self {
            Self::Inactive => {
                return Diagnosis::new(
                    "rs.inactive",
                    Reject,
                    "get a new access token from this API's provider",
                );
            }
            Self::Unavailable { .. } | Self::NoAnswer(_) => (
                Retry,
                "check that the provider's `introspection_endpoint` can be reached; nobody is let in meanwhile",
            ),
            Self::Malformed => {
                (Retry, "check that the provider's `introspection_endpoint` serves JSON, and no page")
            }
            Self::Busy => (Retry, "somebody may be sending made-up tokens; limit the rate of requests"),
            Self::Refused(_) => (Config, "check that this client may introspect tokens at the provider"),
        };
        Diagnosis::new("rs.unavailable", disposition, hint)
    }
}
