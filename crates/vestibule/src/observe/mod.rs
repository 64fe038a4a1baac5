//! What an operator can see: the metrics that this crate records through the facade of the crate `metrics`.
//!
//! Nothing is recorded, at the cost of a few nanoseconds, until the application installs a recorder such as
//! `metrics-exporter-prometheus`.

mod metric;

use metrics::counter;

pub use metric::{Metric, MetricKind};

use crate::{Diagnose, Disposition, Error, TokenError, token::ClockSkew};

/// Every metric of this crate.
pub const METRICS: &[Metric] = &[
    Metric::new(
        "vestibule_provider_fetches_total",
        MetricKind::Counter,
        &["what", "code"],
        "Reads of the provider's metadata and keys; code is ok or that of the error",
    ),
    Metric::new(
        "vestibule_access_tokens_total",
        MetricKind::Counter,
        &["outcome", "code"],
        "Access tokens that an API was called with: cached, verified, refused, or unavailable where they could not be checked",
    ),
    Metric::new(
        "vestibule_introspections_total",
        MetricKind::Counter,
        &["code"],
        "Access tokens that the provider was asked about; code is ok or that of the error",
    ),
    Metric::new(
        "vestibule_clock_skew_suspected_total",
        MetricKind::Counter,
        &["issuer", "code"],
        "Tokens by whose times the issuer's clock is ahead of ours or behind; code is ok or that of the error",
    ),
];

/// What the code of something without error is.
const OK: &str = "ok";

/// Tells the recorder that is installed now what each metric of this crate is.
pub fn describe_metrics() {
    METRICS.iter().for_each(Metric::describe);
}

/// One read of the provider's metadata or keys has come to its end.
pub(crate) fn fetched<T>(what: &'static str, outcome: &Result<T, impl Diagnose>) {
    let code = match outcome {
        Ok(_) => {
            tracing::debug!(event = "provider.fetched", what, "the provider was asked about itself");
            OK
        }
        Err(error) => {
            let (code, hint) = (error.code(), error.hint());
            tracing::warn!(event = "provider.fetch_failed", what, code, hint, "{error}");
            code
        }
    };
    counter!("vestibule_provider_fetches_total", "what" => what, "code" => code).increment(1);
}

/// An access token is known from a moment ago.
pub(crate) fn known_access_token() {
    tracing::trace!(event = "access_token.known", "an access token was verified before");
    counter!("vestibule_access_tokens_total", "outcome" => "cached", "code" => "ok").increment(1);
}

/// An access token was looked at: passes on what was found.
pub(crate) fn access_token<T>(found: Result<T, Error>) -> Result<T, Error> {
    let (outcome, code) = match &found {
        Ok(_) => ("verified", OK),
        Err(error) if error.disposition() == Disposition::Retry => ("unavailable", error.code()),
        Err(error) => ("refused", error.code()),
    };
    tracing::debug!(event = "access_token.judged", outcome, code, "an access token was looked at");
    counter!("vestibule_access_tokens_total", "outcome" => outcome, "code" => code).increment(1);
    found
}

/// The provider was asked about an access token: passes on what it said.
pub(crate) fn introspected<T>(answer: Result<T, Error>) -> Result<T, Error> {
    let code = answer.as_ref().map_or_else(Diagnose::code, |_| OK);
    tracing::debug!(
        event = "access_token.introspected",
        code,
        "the provider was asked about an access token"
    );
    counter!("vestibule_introspections_total", "code" => code).increment(1);
    answer
}

/// The issuer has signed a token whose times do not fit our clock.
pub(crate) fn clock_skew<T>(skew: ClockSkew, judged: &Result<T, TokenError>) {
    let (issuer, by) = match skew {
        ClockSkew::Ahead(by) => ("ahead", by),
        ClockSkew::Behind(by) => ("behind", by),
    };
    let (seconds, code) = (by.as_secs(), judged.as_ref().map_or_else(Diagnose::code, |_| OK));
    tracing::warn!(
        event = "clock.skew_suspected",
        issuer,
        seconds,
        code,
        "the issuer's clock or this machine's seems to be off; check that both are kept right"
    );
    counter!("vestibule_clock_skew_suspected_total", "issuer" => issuer, "code" => code).increment(1);
}
