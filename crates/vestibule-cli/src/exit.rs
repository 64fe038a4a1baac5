use std::process::ExitCode;

use vestibule_native::vestibule::{Diagnosis, Disposition};

/// What a command tells its caller by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: failed, by a defect or by the machine.
    Failed = 1,
    /// 2: used or configured wrongly.
    Usage = 2,
    /// 3: nobody is signed in, or the session was ended elsewhere.
    NotSignedIn = 3,
    /// 4: the user or the provider refused.
    Refused = 4,
    /// 5: the provider is out of reach. Whoever was signed in still is.
    Unreachable = 5,
    /// 6: the secure store does not do its part.
    Store = 6,
    /// 7: it took too long.
    TimedOut = 7,
    /// 130: called off with Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// What an error with this diagnosis ends a command with.
    ///
    /// ```
    /// use vestibule_cli::Exit;
    /// use vestibule_native::{NativeError, vestibule::Diagnose};
    ///
    /// assert_eq!(Exit::of(&NativeError::NotSignedIn.diagnosis()), Exit::NotSignedIn);
    /// ```
    pub fn of(diagnosis: &Diagnosis) -> Self {
        match (diagnosis.code(), diagnosis.disposition()) {
            ("native.store_unavailable" | "native.store_untrusted", _) => Self::Store,
            ("native.timeout" | "native.device_expired" | "refresh.busy", _) => Self::TimedOut,
            ("native.cancelled", _) => Self::Interrupted,
            ("native.bind_failed", _) => Self::Failed,
            (_, Disposition::Config) => Self::Usage,
            (_, Disposition::Gone) => Self::NotSignedIn,
            (_, Disposition::Reject) => Self::Refused,
            (_, Disposition::Retry) => Self::Unreachable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
