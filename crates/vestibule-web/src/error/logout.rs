use vestibule::{Diagnose, Diagnosis, Disposition};

/// A logout request that was not carried out. Nothing changed, except as [`Unfinished`](Self::Unfinished) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutError {
    /// The body is no form (Back-Channel Logout section 2.5, checklist B02).
    #[error("a logout request must be a form")]
    ContentType,
    /// The body is longer than 32 KiB (checklist B03).
    #[error("the logout request is too large")]
    TooLarge,
    /// The body did not arrive within five seconds (checklist B03).
    #[error("the logout request did not arrive in time")]
    TimedOut,
    /// There is not exactly one `logout_token` in the body (Back-Channel Logout section 2.5, checklist B04).
    #[error("a logout request must have exactly one logout_token")]
    Parameter,
    /// The logout token was used before (Back-Channel Logout section 2.6, checklist B13).
    #[error("the logout token was used before")]
    Replayed,
    /// A logout by the user that does not come from one of our pages (checklist B31, D24).
    #[error("the logout was not asked for by a page of this application")]
    Forged,
    /// A front-channel logout that does not name issuer and `sid` of this browser's session (Front-Channel Logout section
    /// 2, checklist B32).
    #[error("the front-channel logout is not for this session")]
    Ignored,
    /// The store did not take the logout. It is in effect in this process, and will be everywhere as soon as the store can be
    /// reached (checklist H07).
    #[error("the logout has not reached the session store yet")]
    Unfinished,
}

impl Diagnose for LogoutError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::ContentType => ("logout.content_type", "send application/x-www-form-urlencoded"),
            Self::TooLarge => ("logout.too_large", "send the logout token alone"),
            Self::TimedOut => ("logout.timeout", "send the request at once"),
            Self::Parameter => ("logout.param", "send exactly one logout_token in the body"),
            Self::Replayed => ("logout.replayed", "make a new token with a new jti for every logout"),
            Self::Forged => {
                ("csrf.rejected", "log out with the form of the page, which carries a csrf field")
            }
            Self::Ignored => (
                "frontchannel.ignored",
                "register the address with frontchannel_logout_session_required, so that iss and sid come along",
            ),
            Self::Unfinished => (
                "logout.unfinished",
                "check the session store: what waits for it lands as soon as it answers",
            ),
        };
        let disposition = match self {
            Self::Unfinished => Disposition::Retry,
            _ => Disposition::Reject,
        };
        Diagnosis::new(code, disposition, hint)
    }
}
