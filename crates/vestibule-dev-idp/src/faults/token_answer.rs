//! Token answers that are wrong.

use serde_json::{Map, Value, json};

/// One thing that is wrong with an answer of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenAnswerFault {
    /// Not processed: this error (RFC 6749 section 5.2), with 401 for `invalid_client` and 400 for all others.
    Error(String),
    /// This member with this value.
    Member(String, Value),
    /// No `access_token`.
    NoAccessToken,
    /// No `expires_in`. Allowed.
    NoExpiresIn,
    /// No `id_token`. Allowed at refresh only.
    NoIdToken,
    /// No `refresh_token`: at refresh, the old one stays good. Allowed.
    NoRefreshToken,
    /// No `token_type`.
    NoTokenType,
    /// A JSON list instead of an object.
    NotAnObject,
    /// A refresh token with a space, `+`, `%`, `:`, `&`, `=` and `/` in it. Allowed.
    OddRefreshToken,
    /// This `token_type`: `bEARER`, `mac`, ...
    TokenType(String),
    /// A member that nobody knows. Allowed.
    UnknownMember,
    /// This member is left out.
    Without(String),
    /// Every member has the wrong JSON type.
    WrongTypes,
}

impl TokenAnswerFault {
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Error(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn apply(&self, answer: &mut Value) {
        if matches!(self, Self::NotAnObject) {
            *answer = json!([answer.take()]);
            return;
        }
        if let Value::Object(members) = answer {
            self.apply_to_members(members);
        }
    }

    fn apply_to_members(&self, members: &mut Map<String, Value>) {
        match self {
            Self::Error(_) | Self::NotAnObject | Self::OddRefreshToken => {}
            Self::Member(name, value) => {
                members.insert(name.clone(), value.clone());
            }
            Self::NoAccessToken => drop_member(members, "access_token"),
            Self::NoExpiresIn => drop_member(members, "expires_in"),
            Self::NoIdToken => drop_member(members, "id_token"),
            Self::NoRefreshToken => drop_member(members, "refresh_token"),
            Self::NoTokenType => drop_member(members, "token_type"),
            Self::TokenType(token_type) => {
                members.insert("token_type".to_owned(), json!(token_type));
            }
            Self::UnknownMember => {
                members.insert("ignored_member".to_owned(), json!({ "ignored": true }));
            }
            Self::Without(name) => drop_member(members, name),
            Self::WrongTypes => members.values_mut().for_each(|value| {
                *value = if value.is_string() { json!(7) } else { json!("seven") };
            }),
        }
    }
}

fn drop_member(members: &mut Map<String, Value>, name: &str) {
    members.remove(name);
}
