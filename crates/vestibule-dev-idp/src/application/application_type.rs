//! The kinds of applications.

/// The kind of an application, which fixes its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplicationType {
    /// Runs on a user's machine, keeps no secret, must use PKCE.
    Native,
    /// Acts for itself and logs nobody in.
    Service,
    /// Runs in the user's browser, keeps no secret, must use PKCE, calls the provider across origins.
    Spa,
    /// Runs on a server, keeps a secret, may be told of logouts by back-channel.
    Web,
}

impl ApplicationType {
    /// Whether the application can keep a secret; without one it is a public client (RFC 6749 section 2.1).
    pub(crate) fn keeps_secrets(self) -> bool {
        matches!(self, Self::Service | Self::Web)
    }
}
