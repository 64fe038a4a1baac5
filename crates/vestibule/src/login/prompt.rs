/// How the provider should treat the user (OpenID Connect Core section 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// No page at all: succeed with the user's session at the provider, or fail with `login_required`.
    None,
    /// Ask for credentials again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the user choose the account (or, at Scalekit, the organization).
    SelectAccount,
    /// Show the sign-up page (Initiating User Registration section 4.1).
    Create,
}

impl Prompt {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}
