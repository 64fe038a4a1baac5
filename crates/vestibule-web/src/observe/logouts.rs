use metrics::{counter, histogram};
use vestibule::{Diagnose, Disposition, LogoutToken};

use super::{OK, code};
use crate::{Error, store::StoreTime};

/// A logout in the browser.
pub(crate) fn logged_out<T>(kind: &'static str, outcome: &Result<T, Error>) {
    counter!("vestibule_logouts_total", "kind" => kind, "code" => code(outcome)).increment(1);
}

/// A logout token was carried out: heard at one moment, and kept by the store at the other.
pub(crate) fn logout_heard(token: &LogoutToken, heard: StoreTime, kept: StoreTime) {
    tracing::info!(
        event = "logout.heard",
        sid = token.sid().is_some(),
        sub = token.subject().is_some(),
        "logged out by the provider"
    );
    histogram!("vestibule_revocation_seconds").record(kept.since(heard));
}

/// A logout token was answered. A refusal is logged where it is answered.
pub(crate) fn logout_token(outcome: &Result<(), Error>) {
    let (outcome, code) = match outcome {
        Ok(()) => ("accepted", OK),
        Err(error) if error.disposition() == Disposition::Retry => ("unavailable", error.code()),
        Err(error) => ("refused", error.code()),
    };
    counter!("vestibule_logout_tokens_total", "outcome" => outcome, "code" => code).increment(1);
}
