use std::time::Duration;

use metrics::{counter, histogram};
use tracing::Span;
use vestibule::{Diagnose, Disposition};

use super::OK;
use crate::SessionError;

/// Around everything that one refresh does, whoever waits for it.
pub(crate) fn refresh_span(correlation: &str) -> Span {
    tracing::info_span!("vestibule.refresh", correlation)
}

/// New tokens were stored.
pub(crate) fn refreshed() {
    tracing::info!(event = "refresh.completed", "access token refreshed");
    count("refreshed", OK);
}

/// A refresh has come to its end, here or by another node.
pub(crate) fn refresh_ended<T>(outcome: &Result<T, SessionError>, took: Duration) {
    if let Err(error) = outcome {
        failed(error);
    }
    histogram!("vestibule_refresh_seconds").record(took);
}

fn failed(error: &SessionError) {
    let (code, causes) = (error.code(), error.to_string());
    if error.disposition() == Disposition::Gone {
        tracing::info!(
            event = "refresh.ended",
            code,
            "a session turned out to be over when it was refreshed"
        );
        count("ended", code);
    } else {
        tracing::warn!(event = "refresh.failed", code, causes, "access token not refreshed");
        count("failed", code);
    }
}

fn count(outcome: &'static str, code: &'static str) {
    counter!("vestibule_refreshes_total", "outcome" => outcome, "code" => code).increment(1);
}
