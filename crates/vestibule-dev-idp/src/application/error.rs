//! What can be wrong with an application.

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
    /// A single-page application has something that only an application outside a browser can have.
    #[error(
        "single-page application `{client_id}` has {property}; take it out, or register an application of another type"
    )]
    NotForSpa {
        /// The application.
        client_id: String,
        /// What it has, and why it cannot.
        property: &'static str,
    },
    /// An origin is not written as browsers write it, or is one of `http` on another machine.
    #[error(
        "application `{client_id}`: `{origin}` is no origin; write it as https://app.acme.example, without path and \
         usual port, and use http for localhost and loopback addresses only"
    )]
    Origin {
        /// The application.
        client_id: String,
        /// What was given.
        origin: String,
    },
    /// An application has origins and is no single-page application.
    #[error(
        "application `{client_id}` has origins, which are for scripts in browsers; take them out, or register a \
         single-page application"
    )]
    OriginNotForType {
        /// The application.
        client_id: String,
    },
    /// A redirect URI is not absolute, has a fragment, or is none that an application of this type can own.
    #[error(
        "application `{client_id}`: `{uri}` is no redirect URI; use an absolute URL without fragment, for a native \
         application one with https, with 127.0.0.1 or [::1], or with a scheme that has a dot, for a single-page \
         application one with https, or with http and localhost or a loopback address"
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
            Self::NotForSpa { .. } => "application.not_for_spa",
            Self::Origin { .. } => "application.origin",
            Self::OriginNotForType { .. } => "application.origin_not_for_type",
            Self::RedirectUri { .. } => "application.redirect_uri",
            Self::TooManySecrets { .. } => "application.too_many_secrets",
        }
    }
}
