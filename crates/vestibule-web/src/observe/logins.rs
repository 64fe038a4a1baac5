use metrics::counter;
use vestibule::Diagnose;

use super::{OK, code};
use crate::Error;

/// How a login came to be started.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LoginKind {
    /// By somebody.
    Asked,
    /// To learn who a visitor is.
    Silent,
    /// By a guard that wants the user confirmed.
    StepUp,
    /// Once more, since a logout overtook the first.
    Again,
}

/// A login was to start.
pub(crate) fn login_started<T>(kind: LoginKind, outcome: &Result<T, Error>) {
    let kind = match kind {
        LoginKind::Asked => "asked",
        LoginKind::Silent => "silent",
        LoginKind::StepUp => "step_up",
        LoginKind::Again => "again",
    };
    if outcome.is_ok() {
        tracing::info!(event = "login.started", kind, "login started");
    }
    counter!("vestibule_login_starts_total", "kind" => kind, "code" => code(outcome)).increment(1);
}

/// What an answer of the provider came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LoginEnd<'a> {
    /// A session; whether the provider told a `sid`.
    Completed { has_sid: bool },
    /// A logout came in between.
    Overtaken,
    /// The same answer came before.
    Repeated,
    /// Nobody is signed in at the provider.
    Nobody(&'a Error),
    /// No session.
    Failed(&'a Error),
}

/// The provider's answer to a login was dealt with. Failures are logged where they are answered.
pub(crate) fn login_ended(end: LoginEnd<'_>) {
    let (outcome, code) = match end {
        LoginEnd::Completed { has_sid } => {
            tracing::info!(event = "login.completed", sid = has_sid, "logged in");
            ("completed", OK)
        }
        LoginEnd::Overtaken => {
            tracing::info!(event = "login.overtaken", "a logout overtook a login");
            ("overtaken", OK)
        }
        LoginEnd::Repeated => {
            tracing::debug!(event = "login.repeated", "an answer to a login came twice");
            ("repeated", OK)
        }
        LoginEnd::Nobody(error) => {
            let code = error.code();
            tracing::info!(
                event = "login.nobody",
                code,
                "nobody is signed in at the provider, as far as it tells"
            );
            ("nobody", code)
        }
        LoginEnd::Failed(error) => ("failed", error.code()),
    };
    counter!("vestibule_logins_total", "outcome" => outcome, "code" => code).increment(1);
}
