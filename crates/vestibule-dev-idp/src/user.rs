//! The people who can log in.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// A person known to the provider.
///
/// ```
/// use vestibule_dev_idp::User;
///
/// let alice = User::new("alice")
///     .name("Alice Liddell")
///     .email("alice@acme.example")
///     .claim("roles", ["admin", "editor"]);
/// assert_eq!(alice.subject(), User::new("alice").subject());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub(crate) login: String,
    pub(crate) subject: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) claims: Map<String, Value>,
}

impl User {
    /// A user who logs in as `login`.
    ///
    /// # Defaults
    ///
    /// The subject is derived from `login`: the same in every run. No name and no email; an email that is set
    /// counts as verified.
    pub fn new(login: impl Into<String>) -> Self {
        let login = login.into();
        let subject = derived_subject(&login);
        Self { login, subject, name: None, email: None, email_verified: true, claims: Map::new() }
    }

    /// The user whom somebody typed into the login page without being seeded.
    pub(crate) fn typed(login: &str) -> Self {
        let email = if login.contains('@') { login.to_owned() } else { format!("{login}@dev.example") };
        Self::new(login).name(login).email(email)
    }

    /// The full name, sent as `name` where the scope `profile` was granted.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The address, sent as `email` where the scope `email` was granted.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Whether `email_verified` is sent as true. Default: true.
    #[must_use]
    pub fn email_verified(mut self, verified: bool) -> Self {
        self.email_verified = verified;
        self
    }

    /// Another value for `sub` than the derived one.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// A claim of your own (`roles`, `oid`, ...). It is sent in ID tokens, access tokens and UserInfo, whatever the
    /// scope; it never replaces a claim that the provider itself sets.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// The name to log in with.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The value of `sub` in every token about this user.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What the login page calls this user.
    pub(crate) fn shown_as(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.login)
    }
}

fn derived_subject(login: &str) -> String {
    let hash = digest(&SHA256, format!("vestibule-dev-idp user {login}").as_bytes());
    let hex: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("usr_{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_stable_and_its_own() {
        assert_eq!(User::new("alice").subject(), User::new("alice").name("Alice").subject());
        assert_ne!(User::new("alice").subject(), User::new("bob").subject());
        assert_eq!(User::new("alice").with_subject("usr_1").subject(), "usr_1");
    }
}
