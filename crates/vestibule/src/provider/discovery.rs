use bytes::Bytes;

use super::{Backchannel, ProviderMetadata};
use crate::{
    Diagnose, Diagnosis, Disposition, Error, Issuer, ProviderTime, RetryAfter,
    exchange::{Exchange, get},
    json::parse_object,
    transport::Limits,
};

/// Reads the provider's metadata (OpenID Connect Discovery section 4).
pub(super) struct Discover<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) backchannel: &'a Backchannel,
    pub(super) url: url::Url,
}

impl Exchange for Discover<'_> {
    type Answer = ProviderMetadata;
    type Error = Error;

    fn request(&self) -> http::Request<Bytes> {
        get(&self.url)
    }

    fn limits(&self) -> Limits {
        Limits::STANDARD
    }

    fn accept(self, response: http::Response<Bytes>, now: ProviderTime) -> Result<ProviderMetadata, Error> {
        match response.status().as_u16() {
            200 => {}
            429 | 500..=599 => {
                let retry_after = RetryAfter::read(response.headers(), now);
                return Err(DiscoveryError::Unavailable { retry_after }.into());
            }
            status => return Err(DiscoveryError::Status(status).into()),
        }
        let document = parse_object(response.body()).map_err(|_| DiscoveryError::Malformed)?;
        Ok(ProviderMetadata::read(&document, self.issuer, self.backchannel)?)
    }
}

/// The provider's metadata breaks a rule. Nothing of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The document is no JSON object with unique members (Discovery section 4.2, checklist E05).
    #[error("the provider's metadata is not a JSON object")]
    Malformed,
    /// The provider says that it cannot answer now: 429 or 5xx (checklist E22, H13).
    #[error("the provider's metadata is not available")]
    Unavailable {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// The answer is not 200 (checklist E05).
    #[error("the provider's metadata was answered with status {0}")]
    Status(u16),
    /// The document states no issuer, or another one (Discovery section 4.3, checklist E06).
    #[error("the provider's metadata does not state the configured issuer")]
    IssuerMismatch,
    /// A member is missing or not of its type (Discovery section 3, checklist E07).
    #[error("the provider's metadata lacks a proper {0}")]
    Member(&'static str),
    /// An endpoint is not https (Discovery section 3, checklist E01).
    #[error("the provider's {0} is not https")]
    InsecureUrl(&'static str),
}

impl Diagnose for DiscoveryError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Retry};
        match self {
            Self::Malformed => Diagnosis::new(
                "discovery.malformed",
                Retry,
                "open the issuer's /.well-known/openid-configuration and check that it is the provider's",
            ),
            Self::Unavailable { .. } => Diagnosis::new(
                "discovery.unavailable",
                Retry,
                "the provider is down or overloaded; it is asked again",
            ),
            Self::Status(_) => Diagnosis::new(
                "discovery.malformed",
                Retry,
                "check the issuer: there is no metadata at its /.well-known/openid-configuration",
            ),
            Self::IssuerMismatch => Diagnosis::new(
                "discovery.issuer_mismatch",
                Config,
                "configure the issuer exactly as its metadata states it, trailing slash included",
            ),
            Self::Member(_) => Diagnosis::new(
                "discovery.malformed",
                Config,
                "the provider's metadata is incomplete; report it to the provider",
            ),
            Self::InsecureUrl(_) => Diagnosis::new(
                "discovery.insecure_url",
                Config,
                "serve every endpoint of the provider over https",
            ),
        }
    }
}
