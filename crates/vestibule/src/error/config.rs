use crate::{Diagnose, Diagnosis, Disposition};

/// The application is set up wrongly. Found at start, before any request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The issuer is no https URL without user information, query and fragment (checklist E01, E06).
    #[error("the issuer is not a plain https URL")]
    Issuer,
    /// The client id is empty or has characters outside printable ASCII (RFC 6749 appendix A.1).
    #[error("the client id is empty or not printable ASCII")]
    ClientId,
    /// The client secret is empty or the environment variable is not set.
    #[error("the client secret is missing")]
    ClientSecret,
    /// The private key cannot be read, or is of a type or size that does not sign here.
    #[error("the private key cannot be used")]
    PrivateKey,
    /// The redirect URI is no absolute https URL without fragment (loopback may be http), no loopback literal with a port
    /// (RFC 8252 section 7.3), or its scheme is nobody's (section 7.1).
    #[error("the redirect URI is not of a form that can be registered")]
    RedirectUri,
    /// An extra parameter would repeat or override one of the protocol's own (checklist C25).
    #[error("that authorization parameter is reserved")]
    ReservedParameter,
    /// The provider does not offer PKCE with S256 (checklist C13).
    #[error("the provider offers PKCE, but not with S256")]
    Pkce,
    /// The clock skew is above five minutes (checklist A19).
    #[error("the clock skew is larger than 300 seconds")]
    ClockSkew,
    /// No signature algorithm is allowed.
    #[error("no signature algorithm is allowed")]
    Algorithms,
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Transport,
    /// The provider offers none of the client authentication methods that this client can use.
    #[error("the provider offers no client authentication method that this client can use")]
    ClientAuthentication,
    /// The back-channel origin is no origin, or is plain http to a host that was not named (checklist E01).
    #[error("the provider's back-channel origin cannot be used")]
    BackchannelOrigin,
    /// No tenant is named properly, or the issuer has no place for one.
    #[error("the issuer's tenants are not named properly")]
    Tenants,
    /// Two issuers claim the same token endpoint (RFC 9700 section 4.4, checklist E08).
    #[error("another configured issuer has the same token endpoint")]
    SharedEndpoint,
    /// The session was begun at another issuer than this client's provider. Its tokens were not sent.
    #[error("the session belongs to another provider")]
    ForeignSession,
    /// The identifier of a resource server, or one of its audiences, is empty.
    #[error("a resource server accepts an empty audience")]
    Audience,
    /// A resource server names the same issuer twice.
    #[error("a resource server names the same issuer twice")]
    IssuerTwice,
    /// A resource server asks about an issuer's tokens elsewhere, or about tokens without an issuer at two places.
    #[error("a resource server introspects at the wrong provider, or at two")]
    Introspection,
    /// The browser offers no WebCrypto, as the page was not loaded over https or from this machine.
    #[error("the page is no secure context, in which browsers check signatures")]
    InsecureContext,
    /// The provider has no endpoint for what is asked.
    #[error("the provider does not offer that endpoint")]
    NoEndpoint,
}

impl Diagnose for ConfigError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::Issuer => (
                "config.issuer",
                "give the issuer exactly as the provider's metadata states it, https and without query",
            ),
            Self::ClientId => ("config.client_id", "copy the client id from the provider's registration"),
            Self::ClientSecret => {
                ("config.client_secret", "set the secret that the provider issued for this client")
            }
            Self::PrivateKey => (
                "config.private_key",
                "give an unencrypted key in PEM or as JWK: RSA of 2048 to 8192 bits, P-256, P-384 or Ed25519",
            ),
            Self::RedirectUri => (
                "config.redirect_uri",
                "give what is registered at the provider: an absolute https URL; in native applications also http on 127.0.0.1 or [::1], or a scheme with a dot",
            ),
            Self::ReservedParameter => (
                "config.reserved_param",
                "use the typed setting; protocol parameters cannot be given as extras",
            ),
            Self::Pkce => ("config.pkce", "switch on PKCE with S256 at the provider"),
            Self::ClockSkew => {
                ("config.clock_skew", "keep the skew at or below 300 seconds and synchronise the clocks")
            }
            Self::Algorithms => {
                ("config.algorithms", "allow at least the algorithm that the provider signs with")
            }
            Self::Transport => {
                ("config.transport", "check the certificates and settings given to the transport")
            }
            Self::ClientAuthentication => (
                "config.client_authentication",
                "allow client_secret_basic, client_secret_post or private_key_jwt with the key's algorithm at the provider",
            ),
            Self::BackchannelOrigin => (
                "config.backchannel_origin",
                "give scheme, host and port alone; https, or name the host as one that may be called without encryption",
            ),
            Self::Tenants => (
                "config.tenants",
                "give tenant ids as they stand in `tid`, and an issuer whose path begins with the tenant's place",
            ),
            Self::SharedEndpoint => (
                "config.shared_endpoint",
                "one of the two providers claims what is the other's; configure only issuers that you trust",
            ),
            Self::ForeignSession => (
                "config.foreign_session",
                "end the sessions of the former issuer when the configured one changes",
            ),
            Self::Audience => {
                ("config.audience", "give the API the identifier that its tokens name in `aud`")
            }
            Self::IssuerTwice => ("config.issuer_twice", "name each issuer once, with all of its audiences"),
            Self::Introspection => (
                "config.introspection",
                "introspect as a client of the same provider, and at one provider only, since opaque tokens do not name theirs",
            ),
            Self::InsecureContext => {
                ("config.insecure_context", "serve the page over https; http is for loopback hosts alone")
            }
            Self::NoEndpoint => (
                "config.no_endpoint",
                "the provider's metadata lacks the endpoint; do without or ask the provider",
            ),
        };
        Diagnosis::new(code, Disposition::Config, hint)
    }
}
