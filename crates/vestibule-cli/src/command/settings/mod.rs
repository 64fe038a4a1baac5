//! Which application a command works for: by flags, a profile, or the last login.

mod error;
mod file;
mod remembered;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
pub(crate) use error::SettingsError;
use serde::{Deserialize, Serialize};

use self::{file::Config, remembered::Remembered};
use super::args::Common;

/// A native application at a provider, and how to sign in to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) scopes: Vec<String>,
    /// As it is registered. Default: loopback, with any port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redirect: Option<String>,
    #[serde(default)]
    pub(crate) store: Store,
    /// What opens the sealed file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<PathBuf>,
}

/// Where logins are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Store {
    /// The secure store of the system
    #[default]
    Required,
    /// A file, sealed with the key of --key-file
    EncryptedFile,
}

impl Application {
    fn new(issuer: &str, client_id: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            scopes: Vec::new(),
            redirect: None,
            store: Store::default(),
            key_file: None,
        }
    }

    fn is(&self, issuer: &str, client_id: &str) -> bool {
        self.issuer == issuer && self.client_id == client_id
    }
}

/// Where settings stand.
pub(crate) struct Settings {
    config: PathBuf,
    remembered: PathBuf,
}

impl Settings {
    pub(crate) fn new(config_folder: &Path, state_folder: &Path) -> Self {
        Self { config: config_folder.join("config.toml"), remembered: state_folder.join("applications.json") }
    }

    /// The application that is meant. A profile that is named comes first, then flags, the default profile, and the last
    /// login. Flags change what any of these say.
    pub(crate) fn application(&self, common: &Common) -> Result<Application, SettingsError> {
        let mut application = self.base(common)?;
        let overrides =
            [(&mut application.issuer, &common.issuer), (&mut application.client_id, &common.client_id)];
        for (setting, given) in overrides {
            if let Some(given) = given {
                setting.clone_from(given);
            }
        }
        if let Some(store) = common.store {
            application.store = store;
        }
        if let Some(key_file) = &common.key_file {
            // It is remembered for commands that run in other folders.
            application.key_file = Some(std::path::absolute(key_file).unwrap_or_else(|_| key_file.clone()));
            if common.store.is_none() {
                application.store = Store::EncryptedFile;
            }
        }
        Ok(application)
    }

    fn base(&self, common: &Common) -> Result<Application, SettingsError> {
        if let Some(name) = &common.profile {
            return Config::read(&self.config)?.profile(name);
        }
        if let (Some(issuer), Some(client_id)) = (&common.issuer, &common.client_id) {
            let known = Remembered::read(&self.remembered).find(issuer, client_id);
            return Ok(known.unwrap_or_else(|| Application::new(issuer, client_id)));
        }
        if let Some(default) = Config::read(&self.config)?.default_profile()? {
            return Ok(default);
        }
        Remembered::read(&self.remembered).last().ok_or(SettingsError::NoApplication)
    }

    /// Makes it the application that is meant when nothing else is said.
    pub(crate) fn remember(&self, application: &Application) -> std::io::Result<()> {
        let mut remembered = Remembered::read(&self.remembered);
        remembered.put_first(application.clone());
        remembered.write(&self.remembered)
    }

    /// All that were signed in to from here, the last one first.
    pub(crate) fn remembered(&self) -> Vec<Application> {
        Remembered::read(&self.remembered).0
    }
}

#[cfg(test)]
mod tests;
