use vestibule::{ConfigError, Diagnose, Diagnosis, Disposition, RandomError};

/// There is no way back from the browser, or what came back was not it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// The redirect URI is none that an installed application may have.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The random source failed.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The address is not a literal of this machine's loopback interface (RFC 8252 sections 7.3 and 8.3, checklist F01).
    #[error("the answer would be awaited at an address that others can reach")]
    BindRefused,
    /// No port could be bound (checklist F02).
    #[error("no port is free to await the answer at")]
    BindFailed,
    /// The channel between instances of the application is not this user's alone, or what came over it is no answer
    /// (RFC 8252 section 8.4, checklist F15).
    #[error("the browser's answer could not be handed over")]
    HandoffRefused,
    /// The pasted text is no answer to this login (checklist F16).
    #[error("the pasted text is no answer to this sign-in")]
    PasteRefused,
}

impl Diagnose for RedirectError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Reject, Retry};
        match self {
            Self::Config(error) => error.diagnosis(),
            Self::Random(error) => error.diagnosis(),
            Self::BindRefused => Diagnosis::new(
                "native.bind_refused",
                Config,
                "register and configure http://127.0.0.1 or http://[::1] literally; localhost and other hosts are refused",
            ),
            Self::BindFailed => Diagnosis::new(
                "native.bind_failed",
                Retry,
                "close the program that holds the port, or register a redirect URI without a fixed port",
            ),
            Self::HandoffRefused => Diagnosis::new(
                "native.handoff_refused",
                Reject,
                "start the login again from the running application; the run folder must be the user's own, mode 0700",
            ),
            Self::PasteRefused => Diagnosis::new(
                "native.paste_refused",
                Reject,
                "start again, and paste only the address that this sign-in itself led your browser to",
            ),
        }
    }
}
