use std::fmt;

use serde_json::{Map, Value};
use vestibule::{ClaimsShapeError, IdToken, UserInfo, Verified};

use crate::{Account, vault::StoredLogin};

/// Who is signed in.
#[derive(Clone, PartialEq)]
pub struct User {
    account: Account,
    label: String,
    claims: Map<String, Value>,
}

impl User {
    pub(crate) fn new(account: Account, login: &StoredLogin) -> Self {
        Self { account, label: login.label.clone(), claims: login.claims.clone() }
    }

    /// What to call the user: `preferred_username`, `name` or `email`, else the subject.
    pub fn name(&self) -> &str {
        &self.label
    }

    /// `sub`: who it is, for this issuer.
    pub fn subject(&self) -> &str {
        &self.account.subject
    }

    /// `email`, as the provider stated it at login, if a terminal can show it.
    pub fn email(&self) -> Option<&str> {
        self.claim("email").and_then(Value::as_str).filter(|email| is_shown(email))
    }

    /// Any claim of the login's ID token, as JSON; where that did not name the user, of UserInfo too. As the provider wrote
    /// it: it may have escape sequences in it.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// All claims, as JSON.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The account: issuer, client and subject.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("account", &self.account).finish_non_exhaustive()
    }
}

/// The claims of an ID token, and of UserInfo where they were asked for. What the ID token says is signed, and stays.
pub(crate) fn claims(id_token: &Verified<IdToken>, more: Option<&UserInfo>) -> Map<String, Value> {
    let shape = |claims: Result<Map<String, Value>, ClaimsShapeError>| claims.unwrap_or_default();
    let mut claims = more.map(|more| shape(more.claims())).unwrap_or_default();
    claims.extend(shape(id_token.claims()));
    claims
}

/// What people call the user, if the claims tell it.
pub(crate) fn label(claims: &Map<String, Value>) -> Option<&str> {
    let text = |name: &&str| claims.get(*name).and_then(Value::as_str).filter(|text| is_shown(text));
    ["preferred_username", "name", "email"].iter().find_map(text)
}

/// Nothing that a terminal would take for an order, a list for two entries, or a reader for another name.
fn is_shown(text: &str) -> bool {
    (1..=256).contains(&text.len()) && !text.chars().any(|c| c.is_control() || misleads(c))
}

/// Line ends, marks of direction that turn the text around them, and what cannot be seen. Joiners are letters to some.
fn misleads(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labelled(claims: &Value) -> Option<&str> {
        label(claims.as_object().unwrap())
    }

    #[test]
    fn users_are_called_by_the_first_claim_that_can_be_shown() {
        assert_eq!(labelled(&json!({ "name": "Alice", "preferred_username": "alice" })), Some("alice"));
        assert_eq!(labelled(&json!({ "email": "a@b.example", "name": "Alice" })), Some("Alice"));
        assert_eq!(
            labelled(&json!({ "preferred_username": "", "email": "a@b.example" })),
            Some("a@b.example")
        );
        assert_eq!(labelled(&json!({ "name": "\u{1b}[2J", "preferred_username": 7 })), None);
        assert_eq!(labelled(&json!({ "name": "x".repeat(257) })), None);
    }

    #[test]
    fn nothing_that_is_shown_gives_orders_or_looks_like_another() {
        let user = |email: &str| User {
            account: Account { issuer: String::new(), client_id: String::new(), subject: "1".to_owned() },
            label: "alice".to_owned(),
            claims: json!({ "email": email }).as_object().unwrap().clone(),
        };
        for hostile in
            ["a\u{1b}]0;b\u{7}", "a\nb", "a\u{9b}2J", "a\u{202e}b", "a\u{2066}b", "a\u{200b}", "\u{e0041}a"]
        {
            assert_eq!(user(hostile).email(), None, "{hostile:?}");
            assert_eq!(labelled(&json!({ "name": hostile, "email": "a@b.example" })), Some("a@b.example"));
            assert_eq!(user(hostile).claim("email"), Some(&json!(hostile)), "as it came");
        }
        for kind in ["a@b.example", "J\u{fc}rgen", "\u{645}\u{6cc}\u{200c}\u{62e}"] {
            assert_eq!(user(kind).email(), Some(kind));
        }
    }
}
