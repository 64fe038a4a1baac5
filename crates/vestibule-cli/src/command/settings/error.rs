use std::path::PathBuf;

use vestibule_native::vestibule::{Diagnose, Diagnosis, Disposition};

/// The command does not know what to work for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// Neither the command line, nor the configuration, nor an earlier login says which application is meant.
    #[error("it is not known which application to sign in to")]
    NoApplication,
    /// The configuration has no profile of that name.
    #[error("there is no profile {0:?}")]
    NoProfile(String),
    /// The configuration cannot be read as such; what is said of it names the place.
    #[error("the configuration {} is not valid", .0.display())]
    Invalid(PathBuf, #[source] Box<toml::de::Error>),
    /// The configuration is there and cannot be opened.
    #[error("the configuration {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// There is no home folder.
    #[error("there is no home folder to keep settings in")]
    NoHome,
    /// A sealed file needs a key.
    #[error("the store \"encrypted-file\" needs a key")]
    NoKey,
}

impl Diagnose for SettingsError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, hint) = match self {
            Self::NoApplication => (
                "cli.no_application",
                "give --issuer and --client-id, or name a profile with --profile; a login is remembered",
            ),
            Self::NoProfile(_) => ("cli.no_profile", "add the profile to the configuration, or name another"),
            Self::Invalid(..) | Self::Unreadable(..) => {
                ("cli.config", "correct the file; it must be TOML with the members that the manual names")
            }
            Self::NoHome => ("cli.no_home", "set HOME"),
            Self::NoKey => {
                ("cli.no_key", "name a file of 32 random bytes with --key-file, readable by you alone")
            }
        };
        Diagnosis::new(code, Disposition::Config, hint)
    }
}
