//! What can go wrong for the one who runs the provider.

use std::io;
use std::net::SocketAddr;

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

/// An application is registered wrongly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// A back-channel logout URI is not absolute, not `http`, or has a fragment.
    #[error(
        "application `{client_id}`: `{uri}` is no back-channel logout URI; use an absolute http URL without fragment"
    )]
    BackchannelLogoutUri {
        /// The application.
        client_id: String,
        /// The URI.
        uri: String,
    },
    /// A secret is empty.
    #[error("application `{client_id}`: a secret is empty")]
    EmptySecret {
        /// The application.
        client_id: String,
    },
    /// The client id is empty.
    #[error("an application has an empty client id")]
    NoClientId,
    /// A native application has something that only an application on a server can have.
    #[error(
        "native application `{client_id}` has a {property}, which only an application on a server can have"
    )]
    NotForNative {
        /// The application.
        client_id: String,
        /// What it has.
        property: &'static str,
    },
    /// A service has something that only an application with users can have.
    #[error("service `{client_id}` has a redirect URI or the device flow, but it logs nobody in")]
    NotForService {
        /// The service.
        client_id: String,
    },
    /// A redirect URI is not absolute, has a fragment, or is none that a native application can own.
    #[error(
        "application `{client_id}`: `{uri}` is no redirect URI; use an absolute URL without fragment, for a native \
         application one with https, with 127.0.0.1 or [::1], or with a scheme that has a dot"
    )]
    RedirectUri {
        /// The application.
        client_id: String,
        /// The URI.
        uri: String,
    },
    /// More than two secrets are active.
    #[error("application `{client_id}` has {count} secrets; at most two may be active, drop the oldest")]
    TooManySecrets {
        /// The application.
        client_id: String,
        /// How many there are.
        count: usize,
    },
}

impl ApplicationError {
    /// A stable name for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BackchannelLogoutUri { .. } => "application.backchannel_logout_uri",
            Self::EmptySecret { .. } => "application.empty_secret",
            Self::NoClientId => "application.no_client_id",
            Self::NotForNative { .. } => "application.not_for_native",
            Self::NotForService { .. } => "application.not_for_service",
            Self::RedirectUri { .. } => "application.redirect_uri",
            Self::TooManySecrets { .. } => "application.too_many_secrets",
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
