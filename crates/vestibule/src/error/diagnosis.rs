/// What an error means for the caller, beyond its text.
///
/// Every error of this workspace can be diagnosed. The code is stable across releases: log it, alert on it, match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    code: &'static str,
    disposition: Disposition,
    hint: &'static str,
}

impl Diagnosis {
    /// A diagnosis; `code` has the form `family.rule`, `hint` is one sentence without secrets that says what to do.
    pub const fn new(code: &'static str, disposition: Disposition, hint: &'static str) -> Self {
        Self { code, disposition, hint }
    }

    /// The stable name of the broken rule, such as `id_token.nonce_mismatch`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What the caller may do next.
    pub const fn disposition(&self) -> Disposition {
        self.disposition
    }

    /// What to fix, in one sentence.
    pub const fn hint(&self) -> &'static str {
        self.hint
    }
}

/// What may follow an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// The input is refused for good. Nothing changed.
    Reject,
    /// Something is out of reach for now. The same call may succeed later; no session ends because of it.
    Retry,
    /// The provider ended it. The only disposition that may end a session.
    Gone,
    /// The application or the provider is set up wrongly. Retrying does not help.
    Config,
}

/// An error that names its rule, its consequence and its cure.
///
/// ```
/// use vestibule::{Diagnose, Disposition, Issuer};
///
/// let error = Issuer::new("http://acme.example").unwrap_err();
/// assert_eq!(error.code(), "config.issuer");
/// assert_eq!(error.disposition(), Disposition::Config);
/// println!("{error}: {}", error.hint());
/// ```
pub trait Diagnose: std::error::Error {
    /// The diagnosis of this error.
    fn diagnosis(&self) -> Diagnosis;

    /// Short for the diagnosis' code.
    fn code(&self) -> &'static str {
        self.diagnosis().code()
    }

    /// Short for the diagnosis' disposition.
    fn disposition(&self) -> Disposition {
        self.diagnosis().disposition()
    }

    /// Short for the diagnosis' hint.
    fn hint(&self) -> &'static str {
        self.diagnosis().hint()
    }
}
