use std::{fmt, time::Duration};

use bytes::Bytes;
use vestibule::{AccessToken, IdToken, Verified};

/// How long sessions live (checklist D10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// How long a session may lie unused. Default: 30 minutes.
    pub idle: Duration,
    /// How long a session lives at most. Default: 12 hours.
    pub absolute: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: Duration::from_secs(30 * 60), absolute: Duration::from_secs(12 * 60 * 60) }
    }
}

/// Whom a logout token with both `sid` and `sub` strikes (Back-Channel Logout section 2.7 leaves it open).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutScope {
    /// The sessions of that `sid`, and those of that `sub` that know no `sid`.
    #[default]
    SidOnly,
    /// Every session of that `sub`.
    AllForSubject,
}

/// A login that the provider granted, shown to the application before a session is made.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoginAttempt {
    /// Who logged in.
    pub id_token: Verified<IdToken>,
    /// For calling APIs on the user's behalf.
    pub access_token: AccessToken,
    /// The `User-Agent` of the browser, if it sent a readable one.
    pub user_agent: Option<String>,
}

/// What the application thinks of a login.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginVerdict {
    /// Make a session. Its application data starts with these bytes (usually none).
    Accept(Bytes),
    /// Make none: this user may not use the application.
    Refuse,
}

impl fmt::Debug for LoginVerdict {
    /// Leaves out the application's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept(data) => write!(f, "Accept({} bytes)", data.len()),
            Self::Refuse => f.write_str("Refuse"),
        }
    }
}

impl LoginVerdict {
    /// Accepts with data that the session's [`data`](crate::Session::data) will read.
    ///
    /// # Errors
    /// When `data` cannot be written as JSON.
    pub fn accept_with<T: serde::Serialize>(data: &T) -> Result<Self, serde_json::Error> {
        Ok(Self::Accept(serde_json::to_vec(data)?.into()))
    }
}
