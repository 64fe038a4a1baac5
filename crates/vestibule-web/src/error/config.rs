use vestibule::{Diagnose, Diagnosis, Disposition};

/// The application is set up wrongly. Found when it is built, before any request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The base URL is no origin: https (or http on a loopback host), no path, query or user information.
    #[error("the base URL is not an https origin")]
    BaseUrl,
    /// The prefix of the endpoints is no absolute path of plain segments.
    #[error("the endpoint prefix is not a plain absolute path")]
    Prefix,
    /// A cookie key is missing, not 32 bytes of base64url, or plainly not random (checklist D04).
    #[error("the cookie keys are not base64url of 32 random bytes each")]
    CookieKeys,
    /// A lifetime is zero, or the idle lifetime is longer than the absolute one (checklist D10).
    #[error("the session lifetimes contradict each other")]
    Lifetimes,
    /// The page to show after logout is no path of this application.
    #[error("the page after logout is not a path of this application")]
    AfterLogout,
    /// The address of an API to relay to is no plain https URL (or http on a loopback host).
    #[error("the API's address is not a plain https URL")]
    Upstream,
    /// Where an API is mounted is no absolute path of plain segments, lies inside the endpoints' prefix, or inside another
    /// one's.
    #[error("the relay's path is not a plain absolute path of its own")]
    Relay,
}

impl Diagnose for ConfigError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::BaseUrl => {
                ("config.base_url", "give the origin that browsers see, such as https://app.acme.example")
            }
            Self::Prefix => ("config.prefix", "give a path such as /auth"),
            Self::CookieKeys => ("config.key", "make one with: openssl rand 32 | basenc --base64url"),
            Self::Lifetimes => ("config.lifetimes", "keep 0 < idle <= absolute"),
            Self::AfterLogout => ("config.after_logout", "give a path such as /goodbye"),
            Self::Upstream => ("config.upstream", "give an address such as https://api.acme.example/v1"),
            Self::Relay => ("config.relay", "give each API a path of its own, such as /api/orders"),
        };
        Diagnosis::new(code, Disposition::Config, hint)
    }
}
