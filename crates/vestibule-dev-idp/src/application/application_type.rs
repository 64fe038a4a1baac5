//! The kinds of applications.

/// The kind of an application, which fixes its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplicationType {
    /// Runs on a user's machine, keeps no secret, must use PKCE.
    Native,
    /// Acts for itself and logs nobody in.
    Service,
    /// Runs on a server, keeps a secret, may be told of logouts by back-channel.
    Web,
}
