use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use serde::Deserialize;

use super::{Application, SettingsError};

/// `config.toml`. A member that it does not know is an error: nobody should believe a setting that has no effect.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    default: Option<String>,
    #[serde(default, rename = "profile")]
    profiles: BTreeMap<String, Application>,
}

impl Config {
    /// Without a file there are no profiles.
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        match fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|error| SettingsError::Invalid(path.to_owned(), Box::new(error))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(SettingsError::Unreadable(path.to_owned(), error)),
        }
    }

    pub(super) fn profile(mut self, name: &str) -> Result<Application, SettingsError> {
        self.profiles.remove(name).ok_or_else(|| SettingsError::NoProfile(name.to_owned()))
    }

    pub(super) fn default_profile(mut self) -> Result<Option<Application>, SettingsError> {
        match self.default.take() {
            Some(name) => self.profile(&name).map(Some),
            None => Ok(None),
        }
    }
}
