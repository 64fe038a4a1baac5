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
    /// Sessions are to be confirmed at the provider, but are sealed and hold no token to ask with; or at every moment.
    #[error("sessions cannot be confirmed at the provider like this")]
    Revalidation,
    /// The page to show after logout is no path of this application.
    #[error("the page after logout is not a path of this application")]
    AfterLogout,
    /// The URL of an API is no plain https URL without query (or http on a loopback host).
    #[error("the API's URL is not a plain https URL without query")]
    ApiUrl,
    /// An API is to hear of the logouts of a relying party whose issuer's tokens it does not accept: none would be refused.
    #[error("the API accepts no tokens of the issuer whose logouts it is to hear of")]
    Revocable,
    /// The address of an API to relay to is no plain https URL (or http on a loopback host).
    #[error("the API's address is not a plain https URL")]
    Upstream,
    /// Where an API is mounted is no absolute path of plain segments, lies inside the endpoints' prefix, or inside another
    /// one's, of any relying party.
    #[error("the relay's path is not a plain absolute path of its own")]
    Relay,
    /// An API is to be called with the user's access token, but sealed sessions hold none.
    #[error("a relay needs sessions in a store, which keep the user's tokens")]
    RelayNeedsStore,
    /// An API is to refuse the tokens of users who have logged out, and the relying party that is to know of them remembers
    /// no logouts (checklist G13).
    #[error("the relying party that an API asks for logouts remembers none")]
    NoLogouts,
    /// The folder for the journal of logouts cannot be made or read, or there is no store that would take them.
    #[error("the journal of logouts cannot be kept")]
    LogoutJournal,
    /// Two relying parties of one application have the same endpoint prefix: one would hide the other's endpoints.
    #[error("two relying parties have the same endpoint prefix")]
    SharedPrefix,
    /// Two relying parties of one host are the same client at the same provider: they would share their cookies, since
    /// ports keep none apart.
    #[error("two relying parties of one host are the same client")]
    SharedClient,
    /// The providers of two relying parties do not know of each other, so that one could claim the other's token endpoint
    /// (RFC 9700 section 4.4, checklist E08).
    #[error("the providers of two relying parties do not know of each other")]
    Apart,
    /// A path that a relying party is for, or the page to choose one at, is no plain absolute path, or is given twice.
    #[error("a path of several relying parties is not a plain absolute path of its own")]
    ProtectedPath,
    /// The provider is to answer by a form, and the base URL is not https: browsers would drop the cookie of the login
    /// under way (RFC 6265bis section 4.1.2.7).
    #[error("an answer by form needs a base URL of https")]
    FormPost,
    /// What a third party may add to a login is one of the protocol's own parameters (checklist C25).
    #[error("a third party may not set a parameter of the protocol")]
    InitiationParameter,
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
            Self::Revalidation => (
                "config.revalidation",
                "keep sessions in a store and give an interval above zero, or shorten the absolute lifetime",
            ),
            Self::AfterLogout => ("config.after_logout", "give a path such as /goodbye"),
            Self::ApiUrl => {
                ("config.api_url", "give the URL that clients call, such as https://api.acme.example")
            }
            Self::Revocable => (
                "config.revocable",
                "make both from one provider, or write its issuer in the same way for both",
            ),
            Self::Upstream => ("config.upstream", "give an address such as https://api.acme.example/v1"),
            Self::Relay => ("config.relay", "give each API a path of its own, such as /api/orders"),
            Self::RelayNeedsStore => {
                ("config.relay_needs_store", "keep sessions in a store: RelyingPartyBuilder::stored_sessions")
            }
            Self::NoLogouts => (
                "config.no_logouts",
                "give it a store: RelyingPartyBuilder::stored_sessions, or backchannel_logout beside sealed_sessions",
            ),
            Self::LogoutJournal => (
                "config.logout_journal",
                "give a folder that this process may write to, and a store for logouts: RelyingPartyBuilder::stored_sessions or backchannel_logout",
            ),
            Self::SharedPrefix => {
                ("config.shared_prefix", "give each its own, such as /auth and /staff/auth")
            }
            Self::SharedClient => ("config.shared_client", "use one relying party for both"),
            Self::Apart => {
                ("config.apart", "make the providers with Provider::builder(issuer)?.beside(&other).build()")
            }
            Self::FormPost => {
                ("config.form_post", "serve the application over https, or leave form_post out")
            }
            Self::InitiationParameter => (
                "config.reserved_param",
                "list parameters such as organization_id; login_hint is always passed on",
            ),
            Self::ProtectedPath => ("config.protected_path", "give each a path of its own, such as /staff"),
        };
        Diagnosis::new(code, Disposition::Config, hint)
    }
}
