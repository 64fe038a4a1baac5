use std::env;

use url::{Host, Url};
use vestibule_web::{
    Api, ConfigError, CookieKeys, RelyingParty,
    vestibule::{self, ClientSecret, Diagnose, OsRandom, Provider, RandomError},
};

use crate::{SessionStore, SessionStoreError, session_store::Engine};

/// What an example is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `ISSUER`: the identity provider.
    pub issuer: String,
    /// `CLIENT_ID`: this application's name there.
    pub client_id: String,
    /// `CLIENT_SECRET`: and its secret.
    pub client_secret: ClientSecret,
    /// `BASE_URL`: the origin that browsers see. Default: `http://` and the address to listen on.
    pub base_url: String,
    /// `LISTEN_ADDR`: host and port to listen on. The default is each application's own.
    pub listen_addr: String,
    /// `COOKIE_KEYS`: base64url of 32 random bytes; several by commas, of which the first seals and all open. The same on
    /// every node. Generated when absent, for sessions in memory on a loopback host.
    pub cookie_keys: CookieKeys,
    /// `SESSION_STORE`: where sessions rest. The same on every node. Default: `memory:`.
    pub session_store: SessionStore,
    /// `OTHER_APP`: the origin of the other example, to link to. Optional.
    pub other_app: Option<String>,
}

/// A setting that is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is not set.
    #[error("{0} is not set: {1}")]
    Missing(&'static str, &'static str),
    /// The application's API cannot be what the settings say.
    #[error(transparent)]
    Api(#[from] ConfigError),
    /// Nor can what it accepts.
    #[error(transparent)]
    ResourceServer(#[from] vestibule::ConfigError),
    /// `BASE_URL` is no URL.
    #[error("BASE_URL is not a URL: give the origin that browsers see, such as https://app.acme.example")]
    BaseUrl,
    /// `SESSION_STORE` names no store.
    #[error("SESSION_STORE: {0}")]
    SessionStore(#[from] SessionStoreError),
    /// Nobody could open the sessions again that one process sealed under a key of its own.
    #[error(
        "COOKIE_KEYS is not set, and sessions rest in {0}, where every node and the next process find them: make a key \
         with `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='` and give it to all"
    )]
    NoSharedKeys(Engine),
    /// Keys are made up on a loopback host only: elsewhere, sessions must outlive a restart, on every node.
    #[error(
        "COOKIE_KEYS is not set, and {0} is not on this machine: make a key with \
         `openssl rand -base64 32 | tr '+/' '-_' | tr -d '='`"
    )]
    NoCookieKeys(String),
    /// `COOKIE_KEYS` holds no usable keys.
    #[error("COOKIE_KEYS: {error}: {}", .error.hint())]
    CookieKeys {
        /// What is wrong with them.
        error: ConfigError,
    },
    /// The system has no randomness to make a key of.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Settings {
    /// Reads the environment. `listen_addr` is the address to listen on by default.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable, and what to set it to.
    pub fn from_env(listen_addr: &str) -> Result<Self, SettingsError> {
        Self::read(listen_addr, |name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn read(
        listen_addr: &str,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let required = |name, hint| variable(name).ok_or(SettingsError::Missing(name, hint));
        let listen_addr = variable("LISTEN_ADDR").unwrap_or_else(|| listen_addr.to_owned());
        let base_url = variable("BASE_URL").unwrap_or_else(|| format!("http://{listen_addr}"));
        let session_store = SessionStore::at(&variable("SESSION_STORE").unwrap_or("memory:".to_owned()))?;
        Ok(Self {
            issuer: required(
                "ISSUER",
                "the URL of your identity provider, as its discovery document has it",
            )?,
            client_id: required("CLIENT_ID", "the id that the provider gave this application")?,
            client_secret: ClientSecret::new(required(
                "CLIENT_SECRET",
                "the secret that goes with CLIENT_ID",
            )?),
            cookie_keys: cookie_keys(variable("COOKIE_KEYS"), &base_url, session_store.engine())?,
            session_store,
            other_app: variable("OTHER_APP").map(|url| url.trim_end_matches('/').to_owned()),
            base_url,
            listen_addr,
        })
    }

    /// The application's API, for programs that call it with access tokens of the same provider: those that name the
    /// application's origin in `aud`, until their user logs out.
    ///
    /// # Errors
    /// When the origin is no good for an API.
    pub fn api(&self, relying_party: &RelyingParty) -> Result<Api, SettingsError> {
        let resource_server = relying_party.client().provider().resource_server(&self.base_url).build()?;
        Ok(Api::builder(resource_server, &self.base_url).revocable_by(relying_party).build()?)
    }

    /// The relying party that these settings describe: everything that they do not mention is by default.
    ///
    /// # Errors
    /// [`ConfigError`] names what is wrong with them.
    pub fn relying_party(&self, provider: &Provider) -> Result<RelyingParty, ConfigError> {
        let app = provider.web_app(&self.client_id, self.client_secret.clone());
        RelyingParty::builder(app, &self.base_url)
            .stored_sessions(self.session_store.clone(), self.cookie_keys.clone())
            .build()
    }
}

fn cookie_keys(given: Option<String>, base_url: &str, engine: Engine) -> Result<CookieKeys, SettingsError> {
    let base_url = Url::parse(base_url).map_err(|_| SettingsError::BaseUrl)?;
    match given {
        Some(keys) => CookieKeys::from_base64(&keys).map_err(|error| SettingsError::CookieKeys { error }),
        None if engine.is_durable() => Err(SettingsError::NoSharedKeys(engine)),
        None if is_loopback(&base_url) => {
            tracing::warn!("COOKIE_KEYS is not set: a key was made up, and sessions end with this process");
            Ok(CookieKeys::generate(&OsRandom)?)
        }
        None => Err(SettingsError::NoCookieKeys(base_url.to_string())),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ZGFzaGJvYXJkJ3MgY29va2llIGtleSwgMzIgYnl0ZXM";

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let all =
            [("ISSUER", "https://acme.example"), ("CLIENT_ID", "dashboard"), ("CLIENT_SECRET", "s3cret")];
        Settings::read("127.0.0.1:3000", |name| {
            let found = variables.iter().chain(&all).find(|(variable, _)| *variable == name)?;
            Some(found.1.to_owned()).filter(|value| !value.is_empty())
        })
    }

    #[test]
    fn a_loopback_application_needs_only_issuer_and_client() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.base_url, "http://127.0.0.1:3000");
        assert_eq!(settings.listen_addr, "127.0.0.1:3000");
        assert_eq!(settings.other_app, None);
        assert!(settings.relying_party(&Provider::new(&settings.issuer).unwrap()).is_ok());
        for local in ["http://localhost:3000", "http://[::1]:3000", "http://a.localhost:3000"] {
            assert!(read(&[("BASE_URL", local)]).is_ok(), "{local}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["ISSUER", "CLIENT_ID", "CLIENT_SECRET"] {
            let error = read(&[(name, "")]).unwrap_err();
            assert!(matches!(error, SettingsError::Missing(missing, _) if missing == name), "{error}");
        }
    }

    #[test]
    fn cookie_keys_are_never_made_up_for_others_to_see() {
        for elsewhere in ["https://app.acme.example", "https://localhost.acme.example", "http://10.0.0.7"] {
            let error = read(&[("BASE_URL", elsewhere)]).unwrap_err();
            assert!(matches!(error, SettingsError::NoCookieKeys(_)), "{elsewhere}: {error}");
        }
        assert!(
            read(&[("BASE_URL", "https://app.acme.example"), ("COOKIE_KEYS", strong_key().as_str())]).is_ok()
        );
    }

    #[test]
    fn bad_cookie_keys_are_refused_everywhere() {
        for weak in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", KEY] {
            let error = read(&[("COOKIE_KEYS", weak)]).unwrap_err();
            assert!(matches!(error, SettingsError::CookieKeys { .. }), "{weak}: {error}");
        }
    }

    #[tokio::test]
    async fn sessions_that_outlive_the_process_need_keys_that_do() {
        for store in ["sqlite::memory:", "redis://127.0.0.1:1", "postgres://127.0.0.1:1/sessions"] {
            let error = read(&[("SESSION_STORE", store)]).unwrap_err();
            assert!(matches!(error, SettingsError::NoSharedKeys(_)), "{store}: {error}");
            let settings = read(&[("SESSION_STORE", store), ("COOKIE_KEYS", strong_key().as_str())]).unwrap();
            assert!(settings.relying_party(&Provider::new(&settings.issuer).unwrap()).is_ok());
        }
    }

    #[test]
    fn a_store_that_is_none_is_named_by_its_variable_alone() {
        let error = read(&[("SESSION_STORE", "mysql://alice:canary@host")]).unwrap_err().to_string();
        assert!(error.starts_with("SESSION_STORE: give memory:"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    fn strong_key() -> String {
        "7Jt0gSN3bM3w0m1v4Yd5mV0cS8o2bZQxj0a1l8k3nFs".to_owned()
    }
}
