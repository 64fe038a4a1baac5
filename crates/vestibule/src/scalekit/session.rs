use serde::Deserialize;

/// A session at Scalekit, as its API tells of it. Times are RFC 3339 texts, by Scalekit's clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// `ses_` and digits: the `sid` of its tokens. Compare it with your own to mark "this device".
    pub session_id: String,
    /// Whose session it is.
    pub user_id: String,
    /// As Scalekit writes it; see [`is_active`](Self::is_active).
    #[serde(default)]
    pub status: String,
    /// The organization that the user logged in to last.
    #[serde(default)]
    pub organization_id: String,
    /// Every organization that the user logged in to in this session.
    #[serde(default)]
    pub authenticated_organizations: Vec<String>,
    /// Every application that took part, each with its organization.
    #[serde(default)]
    pub authenticated_clients: Vec<AuthenticatedClient>,
    /// When it began.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When it was used last.
    #[serde(default)]
    pub last_active_at: Option<String>,
    /// When it ends unless it is used.
    #[serde(default)]
    pub idle_expires_at: Option<String>,
    /// When it ends.
    #[serde(default)]
    pub absolute_expires_at: Option<String>,
    /// When it timed out or was revoked.
    #[serde(default)]
    pub expired_at: Option<String>,
    /// When the user logged out.
    #[serde(default)]
    pub logout_at: Option<String>,
    /// The browser.
    #[serde(default)]
    pub device: Option<Device>,
}

impl Session {
    /// Whether it goes on. The status is compared whatever its case: Scalekit's documents differ.
    pub fn is_active(&self) -> bool {
        self.status.eq_ignore_ascii_case("active")
    }
}

/// An application that took part in a session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AuthenticatedClient {
    /// The application.
    pub client_id: String,
    /// The organization that the user logged in to there.
    #[serde(default)]
    pub organization_id: String,
}

/// The browser of a session. It says all of this itself: show it, and decide nothing by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Device {
    /// The header `User-Agent`.
    pub user_agent: String,
    /// The operating system.
    pub os: String,
    /// The browser's name.
    pub browser: String,
    /// Such as `desktop`.
    pub device_type: String,
    /// Where it came from.
    pub ip: String,
}

/// Some of a user's sessions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SessionPage {
    /// The sessions, in Scalekit's order.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// What to ask for the next page with; empty on the last one.
    #[serde(default)]
    pub next_page_token: String,
}
