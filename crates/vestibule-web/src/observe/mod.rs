//! What an operator can see: the metrics that this crate records through the facade of the crate `metrics`.
//!
//! Nothing is recorded until the application installs a recorder, such as `metrics-exporter-prometheus`. Events and spans
//! go to `tracing`. `docs/observability.md` lists all of both.

mod logins;
mod logouts;
mod near_cache;
mod refreshes;
mod requests;
mod revocations;
mod store;

use metrics::counter;
use vestibule::Diagnose;
pub use vestibule::observe::{Metric, MetricKind};

pub(crate) use logins::{LoginEnd, LoginKind, login_ended, login_started};
pub(crate) use logouts::{logged_out, logout_heard, logout_token};
pub(crate) use near_cache::{near_cache_asked, near_cache_holds, near_cache_lag};
pub(crate) use refreshes::{refresh_ended, refresh_span, refreshed};
pub(crate) use requests::{answered_with, request_span};
pub(crate) use revocations::{
    revocation_landed, revocation_not_queued, revocation_retried, revocations_lost, unconfirmed,
};
pub(crate) use store::{store_failed, store_waited};

use MetricKind::{Counter, Gauge, Seconds};

/// Every metric of this crate; those of the core are in [`vestibule::observe::METRICS`].
pub const METRICS: &[Metric] = &[
    Metric::new(
        "vestibule_login_starts_total",
        Counter,
        &["kind", "code"],
        "Logins that were started: asked, silent, step_up, or again after a logout overtook one; code is ok or that of the error",
    ),
    Metric::new(
        "vestibule_logins_total",
        Counter,
        &["outcome", "code"],
        "Answers of the provider to logins: completed, failed, nobody (silent), overtaken by a logout, or repeated (double click)",
    ),
    Metric::new(
        "vestibule_logouts_total",
        Counter,
        &["kind", "code"],
        "Logouts in the browser: here, by a page of the application, or frontchannel, by a page of the provider",
    ),
    Metric::new(
        "vestibule_logout_tokens_total",
        Counter,
        &["outcome", "code"],
        "Logout tokens from the provider: accepted, refused, or unavailable where they could not be carried out",
    ),
    Metric::new(
        "vestibule_revocation_seconds",
        Seconds,
        &[],
        "From the moment a logout was first heard until the store had it, on the store's clock",
    ),
    Metric::new(
        "vestibule_unconfirmed_logouts",
        Gauge,
        &[],
        "Logouts that were heard and that the store has not confirmed",
    ),
    Metric::new(
        "vestibule_revocation_retries_total",
        Counter,
        &["code"],
        "Logouts that the store had not taken and was offered again; code is ok where it took them",
    ),
    Metric::new(
        "vestibule_revocations_lost_total",
        Counter,
        &["reason"],
        "Logouts that the store did not take and never will: the queue was full, no_time was known, or they outlived all sessions",
    ),
    Metric::new(
        "vestibule_refreshes_total",
        Counter,
        &["outcome", "code"],
        "Refreshes by this process: refreshed, ended where the session is over, or failed",
    ),
    Metric::new(
        "vestibule_refresh_seconds",
        Seconds,
        &[],
        "How long a refresh took, waiting for other nodes included",
    ),
    Metric::new(
        "vestibule_sessions_ended_total",
        Counter,
        &["reason"],
        "Sessions that this process ended one by one: logout, frontchannel, listed, refused or identity_changed (refresh)",
    ),
    Metric::new(
        "vestibule_store_wait_seconds",
        Seconds,
        &["verb"],
        "How long calls of the session store waited that were not answered at once, as a store in memory does",
    ),
    Metric::new(
        "vestibule_store_errors_total",
        Counter,
        &["verb", "code"],
        "Calls of the session store that failed",
    ),
    Metric::new(
        "vestibule_near_cache_total",
        Counter,
        &["outcome"],
        "Sessions asked for by requests: hit where they were at hand, miss where not, or stale while the store's log is not read",
    ),
    Metric::new(
        "vestibule_near_cache_entries",
        Gauge,
        &[],
        "Sessions at hand, and answers about sealed ones",
    ),
    Metric::new(
        "vestibule_near_cache_lag_seconds",
        Seconds,
        &[],
        "How long ago the store's log was known to be read, whenever it was read again: how stale an answer could be",
    ),
    Metric::new("vestibule_error_answers_total", Counter, &["code"], "Answers with an error, by its code"),
];

/// What the code of something without error is.
const OK: &str = "ok";

/// Tells the recorder that is installed now what each metric is, those of the core included. For applications with an API
/// alone; a relying party does so at its first request.
pub fn describe_metrics() {
    vestibule::observe::describe_metrics();
    METRICS.iter().for_each(Metric::describe);
}

/// Why a session was ended by itself, rather than struck by a logout with others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// Its user logged out here.
    Logout,
    /// The provider's page said so.
    Frontchannel,
    /// Its user chose it from the list of sessions.
    Listed,
    /// The provider refused its refresh token.
    Refused,
    /// Its refresh brought somebody else.
    IdentityChanged,
}

/// A session was ended.
pub(crate) fn session_ended(why: Ending) {
    let (reason, message) = match why {
        Ending::Logout => ("logout", "logged out here"),
        Ending::Frontchannel => ("frontchannel", "logged out by the provider's page"),
        Ending::Listed => ("listed", "logged out from the list of sessions"),
        Ending::Refused => ("refused", "the provider ended a session, as its refresh told"),
        Ending::IdentityChanged => {
            ("identity_changed", "a refresh brought somebody else, and ended the session")
        }
    };
    tracing::info!(event = "session.ended", reason, "{message}");
    counter!("vestibule_sessions_ended_total", "reason" => reason).increment(1);
}

/// The code of an outcome.
fn code<T>(outcome: &Result<T, impl Diagnose>) -> &'static str {
    outcome.as_ref().map_or_else(Diagnose::code, |_| OK)
}
