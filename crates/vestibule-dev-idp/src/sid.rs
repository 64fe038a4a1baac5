//! What `sid` is, and what logout tokens say. Providers differ; applications must cope with all of it.

/// Which `sid` the ID tokens of a session carry (OpenID Connect Back-Channel Logout 1.0 section 2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SidMode {
    /// None: logout tokens name the subject only.
    Absent,
    /// Shared by all applications, and another one after each refresh.
    ChangedAtRefresh,
    /// Each application has its own for the same session.
    PerClient,
    /// Shared by all applications, and the same again when the user logs in after a logout.
    ReusedAfterLogout,
    /// One for the session, shared by all applications.
    #[default]
    Shared,
}

/// Whom a logout token names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutTokenContent {
    /// The session only: `sid`.
    Sid,
    /// Both: `sid` and `sub`.
    #[default]
    SidAndSub,
    /// The user only: `sub`.
    Sub,
}
