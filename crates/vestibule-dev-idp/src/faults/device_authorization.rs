//! Device authorization answers that are wrong.

use serde_json::{Map, Value, json};

/// One thing that is wrong with an answer of the device authorization endpoint (RFC 8628 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceAuthorizationFault {
    /// `verification_uri_complete` leads to `https://elsewhere.example/device`.
    CompleteUriElsewhere,
    /// Not processed: this error (RFC 6749 section 5.2), with 401 for `invalid_client` and 400 for all others.
    Error(String),
    /// `verification_uri` has an escape sequence for terminals in it.
    EscapesInUri,
    /// `user_code` has an escape sequence for terminals in it, and a line break.
    EscapesInUserCode,
    /// `verification_uri` is `http` at another host.
    InsecureUri,
    /// This member with this value.
    Member(String, Value),
    /// A JSON list instead of an object.
    NotAnObject,
    /// This member is left out.
    Without(String),
    /// Every member has the wrong JSON type.
    WrongTypes,
    /// `interval` is 0.
    ZeroInterval,
}

impl DeviceAuthorizationFault {
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Error(error) => Some(error),
            _ => None,
        }
    }

    pub(crate) fn apply(&self, answer: &mut Value) {
        match (self, answer) {
            (Self::NotAnObject, answer) => *answer = json!([answer.take()]),
            (fault, Value::Object(members)) => fault.apply_to_members(members),
            _ => {}
        }
    }

    fn apply_to_members(&self, members: &mut Map<String, Value>) {
        let mut set = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        match self {
            Self::CompleteUriElsewhere => {
                set(
                    "verification_uri_complete",
                    json!("https://elsewhere.example/device?user_code=BCDF-GHJK"),
                );
            }
            Self::Error(_) | Self::NotAnObject => {}
            Self::EscapesInUri => {
                set(
                    "verification_uri",
                    json!("https://acme.example/device\u{1b}]8;;https://elsewhere.example\u{7}"),
                );
            }
            Self::EscapesInUserCode => set("user_code", json!("\u{1b}[2J\u{1b}[HBCDF\nGHJK")),
            Self::InsecureUri => set("verification_uri", json!("http://acme.example/device")),
            Self::Member(name, value) => set(name, value.clone()),
            Self::Without(name) => {
                members.remove(name);
            }
            Self::WrongTypes => members.values_mut().for_each(|value| {
                *value = if value.is_string() { json!(7) } else { json!("seven") };
            }),
            Self::ZeroInterval => set("interval", json!(0)),
        }
    }
}
