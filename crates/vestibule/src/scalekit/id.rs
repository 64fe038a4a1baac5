use std::fmt;

use super::ScalekitError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the id.
            ///
            /// # Errors
            /// [`ScalekitError::Id`] for anything that is no such id: it could change the path of a call.
            pub fn new(id: impl Into<String>) -> Result<Self, ScalekitError> {
                let id = id.into();
                let digits = id.strip_prefix($prefix).unwrap_or_default();
                let is_id = (1..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
                if is_id { Ok(Self(id)) } else { Err(ScalekitError::Id) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A session, `ses_` and digits: the claim `sid` of the user's tokens.
    SessionId, "ses_"
}

id! {
    /// A user, `usr_` and digits: the claim `sub` of the user's tokens.
    UserId, "usr_"
}
