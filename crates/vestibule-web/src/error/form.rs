use vestibule::{Diagnose, Diagnosis, Disposition};

use crate::http::BodyFault;

/// A form of the application's own that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// The body is no form.
    #[error("the request is not a form")]
    MediaType,
    /// The body is longer than the [limit](crate::RelyingPartyBuilder::form_limit).
    #[error("the form is too large")]
    TooLarge,
    /// The body did not arrive within thirty seconds.
    #[error("the form did not arrive in time")]
    TimedOut,
    /// The connection broke.
    #[error("the form did not arrive")]
    Broken,
    /// A field that must be there is not.
    #[error("the form has no field {0}")]
    Missing(String),
    /// The fields are not what the handler takes. Which of them is not told: what is in them is the user's.
    #[error("the fields of the form are not those that are taken here")]
    Fields,
}

impl From<BodyFault> for FormError {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::TooLarge,
            BodyFault::Broken => Self::Broken,
            BodyFault::TimedOut => Self::TimedOut,
        }
    }
}

impl Diagnose for FormError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::MediaType => ("form.media_type", "send application/x-www-form-urlencoded"),
            Self::TooLarge => ("form.too_large", "send less, or raise the limit with form_limit"),
            Self::TimedOut => ("form.timeout", "send the form at once"),
            Self::Broken => ("form.broken", "send the form again"),
            Self::Missing(_) | Self::Fields => {
                ("form.fields", "send the fields that the handler's type has, once each unless it is a list")
            }
        };
        Diagnosis::new(code, Disposition::Reject, hint)
    }
}
