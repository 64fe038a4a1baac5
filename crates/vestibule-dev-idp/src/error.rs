//! What can go wrong for the one who runs the provider.

use std::io;
use std::net::SocketAddr;

use crate::application::ApplicationError;

/// The provider could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An application is registered wrongly.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// Two applications have the same client id.
    #[error("application `{client_id}` is there twice; give each application a client id of its own")]
    ApplicationTwice {
        /// The client id.
        client_id: String,
    },
    /// The address is taken, or may not be listened on.
    #[error("cannot listen on {address}: {source}; choose another port, or port 0 for a free one")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's answer.
        source: io::Error,
    },
    /// A signing key could not be made.
    #[error("cannot make the signing keys: {0}")]
    Keys(#[from] SigningError),
    /// The address is not of the form `127.0.0.1:9000`.
    #[error("`{address}` is no address to listen on; write it as 127.0.0.1:9000, or :0 for a free port")]
    ListenAddress {
        /// What was given.
        address: String,
    },
    /// The address can be reached from other machines.
    #[error(
        "{address} is not a loopback address; this provider lets anybody in, so it listens on 127.0.0.1 or [::1] only"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The server's thread could not be started.
    #[error("cannot start the server's thread: {0}")]
    Thread(#[source] io::Error),
    /// Two users have the same login or subject.
    #[error("user `{login}` is there twice; give each user a login and a subject of their own")]
    UserTwice {
        /// The login of the second one.
        login: String,
    },
}

impl StartError {
    /// A stable name for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Application(error) => error.code(),
            Self::ApplicationTwice { .. } => "start.application_twice",
            Self::Bind { .. } => "start.bind",
            Self::Keys(error) => error.code(),
            Self::ListenAddress { .. } => "start.listen_address",
            Self::NotLoopback { .. } => "start.not_loopback",
            Self::Thread(_) => "start.thread",
            Self::UserTwice { .. } => "start.user_twice",
        }
    }
}

/// A device could not be let in, or kept out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserCodeError {
    /// Nobody can sign in by this name.
    #[error("`{login}` cannot sign in: {reason}")]
    Login {
        /// The name.
        login: String,
        /// Why.
        reason: &'static str,
    },
    /// No device waits with this code: it is unknown, expired, or decided already.
    #[error("no device waits with the code `{user_code}`")]
    NotWaiting {
        /// The code.
        user_code: String,
    },
}

impl UserCodeError {
    /// A stable name for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Login { .. } => "user_code.login",
            Self::NotWaiting { .. } => "user_code.not_waiting",
        }
    }
}

/// A token could not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The header names an algorithm that the provider has no key for.
    #[error("no key signs `{algorithm}`; use RS256, PS256, ES256 or EdDSA")]
    Algorithm {
        /// The value of `alg`.
        algorithm: String,
    },
    /// The cryptographic library refused.
    #[error("the cryptographic library refused to {action}")]
    Refused {
        /// What it was asked to do.
        action: &'static str,
    },
}

impl SigningError {
    /// A stable name for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Algorithm { .. } => "signing.algorithm",
            Self::Refused { .. } => "signing.refused",
        }
    }
}
