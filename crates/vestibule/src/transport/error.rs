use crate::{Diagnose, Diagnosis, Disposition};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// No usable answer came back.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    maybe_sent: bool,
    #[source]
    source: Option<Source>,
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection, or it broke (checklist H15).
    #[error("the provider cannot be reached")]
    Unreachable,
    /// A limit in time was reached (checklist E03).
    #[error("the provider did not answer in time")]
    TimedOut,
    /// The answer is longer than allowed (checklist E04).
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The provider answered with a redirect, which is never followed (checklist E02).
    #[error("the provider answered with a redirect")]
    Redirected,
    /// The TLS handshake failed: an unknown authority, a wrong name, an expired certificate (checklist E10).
    #[error("the provider's TLS certificate was not accepted")]
    Tls,
}

impl TransportError {
    /// An error of this kind. `maybe_sent` is false only when it is certain that nothing reached the provider.
    pub fn new(kind: TransportErrorKind, maybe_sent: bool) -> Self {
        Self { kind, maybe_sent, source: None }
    }

    /// Adds what the HTTP client said. Its text must not contain a URL's query.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request may have reached the provider: then a code or a refresh token may be spent.
    pub fn maybe_sent(&self) -> bool {
        self.maybe_sent
    }

    /// Whether an answer came, of a kind that is not read.
    pub(crate) fn has_answer(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Redirected | TransportErrorKind::TooLarge)
    }
}

impl Diagnose for TransportError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Retry};
        match self.kind {
            TransportErrorKind::Unreachable => Diagnosis::new(
                "http.unreachable",
                Retry,
                "check the issuer's address, DNS and the network between",
            ),
            TransportErrorKind::TimedOut => {
                Diagnosis::new("http.timeout", Retry, "check the provider's load and the network between")
            }
            TransportErrorKind::TooLarge => Diagnosis::new(
                "http.too_large",
                Retry,
                "check that the endpoint is the provider's and not a page",
            ),
            TransportErrorKind::Redirected => Diagnosis::new(
                "http.redirect",
                Config,
                "configure the issuer exactly as the provider states it; redirects are not followed",
            ),
            TransportErrorKind::Tls => Diagnosis::new(
                "http.tls",
                Retry,
                "check the certificate, its name and its authority; a private authority is added to the transport",
            ),
        }
    }
}
