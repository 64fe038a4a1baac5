//! The configuration file. `apps.toml` beside this crate shows every member.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use vestibule_dev_idp::{
    Application, ClientAuthentication, DevIdp, DevIdpBuilder, LogoutTokenContent, SidMode, SigningAlgorithm,
    User,
};

/// Users, applications and rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    listen: Option<String>,
    #[serde(default)]
    pub(crate) user: Vec<UserConfig>,
    #[serde(default)]
    pub(crate) application: Vec<ApplicationConfig>,
    #[serde(default)]
    rules: Rules,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserConfig {
    pub(crate) login: String,
    subject: Option<String>,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    #[serde(default)]
    claims: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationConfig {
    pub(crate) client_id: String,
    #[serde(default)]
    r#type: TypeConfig,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    api_scopes: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    backchannel_logout_uris: Vec<String>,
    /// Seconds.
    access_token_lifetime: Option<u64>,
    access_token_audience: Option<String>,
    device_flow: Option<bool>,
    /// Seconds.
    id_token_lifetime: Option<u64>,
    signing_algorithm: Option<String>,
    signed_userinfo: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TypeConfig {
    Native,
    Service,
    Spa,
    #[default]
    Web,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    acr_values: Option<Vec<String>>,
    client_authentication: Option<Vec<ClientAuthenticationConfig>>,
    /// Seconds.
    code_lifetime: Option<u64>,
    /// Seconds.
    device_code_lifetime: Option<u64>,
    /// Seconds.
    device_interval: Option<u64>,
    id_token_on_refresh: Option<bool>,
    logout_token: Option<LogoutTokenConfig>,
    /// Milliseconds.
    logout_back_off: Option<u64>,
    logout_tries: Option<u32>,
    redirect_before_delivery: Option<bool>,
    /// Seconds.
    refresh_grace: Option<u64>,
    require_pkce: Option<bool>,
    /// Seconds.
    session_lifetime: Option<u64>,
    sid: Option<SidConfig>,
    typed_users: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClientAuthenticationConfig {
    Basic,
    Post,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum LogoutTokenConfig {
    #[serde(rename = "sid")]
    Sid,
    #[serde(rename = "sid+sub")]
    SidAndSub,
    #[serde(rename = "sub")]
    Sub,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SidConfig {
    Absent,
    ChangedAtRefresh,
    PerClient,
    ReusedAfterLogout,
    Shared,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("application `{client_id}` has no secret; give it one or two in `secrets`")]
    NoSecret { client_id: String },
    #[error("{path}: {source}", path = .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("application `{client_id}`: `{name}` is no signing algorithm; use RS256, PS256, ES256 or EdDSA")]
    SigningAlgorithm { client_id: String, name: String },
    #[error("{path}: {source}", path = .path.display())]
    Syntax { path: PathBuf, source: Box<toml::de::Error> },
}

impl Config {
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|source| ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) })
    }

    pub(crate) fn builder(&self) -> Result<DevIdpBuilder, ConfigError> {
        let mut builder = self.rules.apply(DevIdp::builder());
        if let Some(listen) = &self.listen {
            builder = builder.listen(listen);
        }
        for user in &self.user {
            builder = builder.user(user.user());
        }
        for application in &self.application {
            builder = builder.application(application.application()?);
        }
        Ok(builder)
    }
}

impl UserConfig {
    fn user(&self) -> User {
        let mut user = User::new(&self.login);
        if let Some(subject) = &self.subject {
            user = user.with_subject(subject);
        }
        if let Some(name) = &self.name {
            user = user.name(name);
        }
        if let Some(email) = &self.email {
            user = user.email(email);
        }
        if let Some(verified) = self.email_verified {
            user = user.email_verified(verified);
        }
        self.claims.iter().fold(user, |user, (name, value)| user.claim(name, value.clone()))
    }
}

impl ApplicationConfig {
    fn application(&self) -> Result<Application, ConfigError> {
        let client_id = || self.client_id.clone();
        let (mut application, secrets) = match (self.r#type, self.secrets.as_slice()) {
            (TypeConfig::Native, secrets) => (Application::native(&self.client_id), secrets),
            (TypeConfig::Spa, secrets) => (Application::spa(&self.client_id), secrets),
            (TypeConfig::Service, [first, further @ ..]) => {
                (Application::service(&self.client_id, first), further)
            }
            (TypeConfig::Web, [first, further @ ..]) => (Application::web(&self.client_id, first), further),
            (TypeConfig::Service | TypeConfig::Web, []) => {
                return Err(ConfigError::NoSecret { client_id: client_id() });
            }
        };
        application = secrets.iter().fold(application, Application::secret);
        application = self.redirect_uris.iter().fold(application, Application::redirect_uri);
        application = self.origins.iter().fold(application, Application::origin);
        application =
            self.post_logout_redirect_uris.iter().fold(application, Application::post_logout_redirect_uri);
        application =
            self.backchannel_logout_uris.iter().fold(application, Application::backchannel_logout_uri);
        if let Some(seconds) = self.access_token_lifetime {
            application = application.access_token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(audience) = &self.access_token_audience {
            application = application.access_token_audience(audience);
        }
        application = self.api_scopes.iter().fold(application, Application::api_scope);
        if let Some(allowed) = self.device_flow {
            application = application.device_flow(allowed);
        }
        if let Some(seconds) = self.id_token_lifetime {
            application = application.id_token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(name) = &self.signing_algorithm {
            let algorithm = SigningAlgorithm::named(name).ok_or_else(|| ConfigError::SigningAlgorithm {
                client_id: client_id(),
                name: name.clone(),
            })?;
            application = application.signing_algorithm(algorithm);
        }
        if let Some(signed) = self.signed_userinfo {
            application = application.signed_userinfo(signed);
        }
        Ok(application)
    }
}

impl Rules {
    fn apply(&self, mut builder: DevIdpBuilder) -> DevIdpBuilder {
        if let Some(values) = &self.acr_values {
            builder = builder.acr_values(values);
        }
        if let Some(ways) = &self.client_authentication {
            builder = builder.client_authentication(ways.iter().map(|way| match way {
                ClientAuthenticationConfig::Basic => ClientAuthentication::Basic,
                ClientAuthenticationConfig::Post => ClientAuthentication::Post,
            }));
        }
        if let Some(seconds) = self.code_lifetime {
            builder = builder.code_lifetime(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.device_code_lifetime {
            builder = builder.device_code_lifetime(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.device_interval {
            builder = builder.device_interval(Duration::from_secs(seconds));
        }
        if let Some(sent) = self.id_token_on_refresh {
            builder = builder.id_token_on_refresh(sent);
        }
        if let Some(content) = self.logout_token {
            builder = builder.logout_token_content(match content {
                LogoutTokenConfig::Sid => LogoutTokenContent::Sid,
                LogoutTokenConfig::SidAndSub => LogoutTokenContent::SidAndSub,
                LogoutTokenConfig::Sub => LogoutTokenContent::Sub,
            });
        }
        if self.logout_tries.is_some() || self.logout_back_off.is_some() {
            let back_off = Duration::from_millis(self.logout_back_off.unwrap_or(100));
            builder = builder.logout_retry(self.logout_tries.unwrap_or(3), back_off);
        }
        if let Some(before) = self.redirect_before_delivery {
            builder = builder.redirect_before_delivery(before);
        }
        if let Some(seconds) = self.refresh_grace {
            builder = builder.refresh_grace(Duration::from_secs(seconds));
        }
        if let Some(required) = self.require_pkce {
            builder = builder.require_pkce(required);
        }
        if let Some(seconds) = self.session_lifetime {
            builder = builder.session_lifetime(Duration::from_secs(seconds));
        }
        if let Some(mode) = self.sid {
            builder = builder.sid_mode(match mode {
                SidConfig::Absent => SidMode::Absent,
                SidConfig::ChangedAtRefresh => SidMode::ChangedAtRefresh,
                SidConfig::PerClient => SidMode::PerClient,
                SidConfig::ReusedAfterLogout => SidMode::ReusedAfterLogout,
                SidConfig::Shared => SidMode::Shared,
            });
        }
        if let Some(allowed) = self.typed_users {
            builder = builder.typed_users(allowed);
        }
        builder
    }
}
