//! Values that must not be shown: no `Display`, a redacting `Debug`, zeroed when dropped (checklist D27).

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::ConfigError;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps the value.
            pub fn new(value: impl Into<String>) -> Self {
                Self(Zeroizing::new(value.into()))
            }

            /// Reads the value. Keep it out of logs, errors and URLs.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }

        impl PartialEq for $name {
            /// Compares in constant time for equal lengths.
            fn eq(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl Eq for $name {}
    };
}

secret! {
    /// The secret that a web application shares with its provider (RFC 6749 section 2.3.1).
    ClientSecret
}

impl ClientSecret {
    /// Reads the secret from an environment variable.
    ///
    /// # Errors
    /// [`ConfigError::ClientSecret`] when the variable is not set or empty.
    pub fn from_env(variable: &str) -> Result<Self, ConfigError> {
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => Ok(Self::new(secret)),
            _ => Err(ConfigError::ClientSecret),
        }
    }
}

secret! {
    /// An access token (RFC 6749 section 1.4).
    AccessToken
}

secret! {
    /// A refresh token (RFC 6749 section 1.5).
    RefreshToken
}

secret! {
    /// An authorization code (RFC 6749 section 1.3.1).
    AuthorizationCode
}

secret! {
    /// What a client asks with whether its user has finished a login on another device (RFC 8628 section 3.2).
    DeviceCode
}

secret! {
    /// The PKCE code verifier of one login attempt (RFC 7636 section 4.1).
    CodeVerifier
}

secret! {
    /// An ID token as it was received: kept for `id_token_hint`, never a proof of anything by itself.
    RawIdToken
}

secret! {
    /// The `nonce` of one login attempt (OpenID Connect Core section 3.1.2.1).
    Nonce
}

secret! {
    /// The `state` of one login attempt (RFC 6749 section 10.12).
    State
}
