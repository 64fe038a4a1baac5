//! UserInfo answers that are wrong.

use serde_json::{Map, Value};

/// One thing that is wrong with the claims of UserInfo (OpenID Connect Core 5.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserInfoFault {
    /// This claim with this value.
    Claim(String, Value),
    /// No `sub`.
    NoSubject,
    /// `sub` ‖ "invalid".
    Subject,
}

impl UserInfoFault {
    pub(crate) fn apply(&self, claims: &mut Map<String, Value>) {
        match self {
            Self::Claim(name, value) => {
                claims.insert(name.clone(), value.clone());
            }
            Self::NoSubject => {
                claims.remove("sub");
            }
            Self::Subject => {
                let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
                let wrong = format!("{subject}invalid");
                claims.insert("sub".to_owned(), Value::String(wrong));
            }
        }
    }
}
