use std::path::PathBuf;

use etcetera::BaseStrategy;
use vestibule_cli::Failure;
use vestibule_native::{NativeApp, RedirectPlan, StorePolicy, VaultKey, vestibule::Provider};

use super::{
    args::Common,
    settings::{Application, Settings, SettingsError, Store},
};

/// Where this user's things are.
pub(crate) struct Folders {
    pub(crate) settings: Settings,
    state: PathBuf,
}

impl Folders {
    pub(crate) fn of_this_user() -> Result<Self, Failure> {
        let folders =
            etcetera::choose_base_strategy().map_err(|_| Failure::diagnosed(SettingsError::NoHome))?;
        let state = folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("vestibule");
        let settings = Settings::new(&folders.config_dir().join("vestibule"), &state);
        Ok(Self { settings, state })
    }

    /// The application that is meant, and what works for it.
    pub(crate) fn app(&self, common: &Common) -> Result<(Application, NativeApp), Failure> {
        let application = self.settings.application(common).map_err(Failure::diagnosed)?;
        let app = self.open(&application)?;
        Ok(match &common.account {
            Some(name) => (application, app.for_account(name)),
            None => (application, app),
        })
    }

    pub(crate) fn open(&self, application: &Application) -> Result<NativeApp, Failure> {
        let provider = Provider::new(&application.issuer)?;
        let mut builder = NativeApp::builder(provider.native(&application.client_id))
            .state_folder(&self.state)
            .store(store_policy(application)?);
        if let Some(redirect) = &application.redirect {
            let plan = RedirectPlan::registered(redirect).map_err(Failure::diagnosed)?;
            builder = builder.redirect(plan);
        }
        Ok(builder.build()?)
    }
}

fn store_policy(application: &Application) -> Result<StorePolicy, Failure> {
    match (application.store, &application.key_file) {
        (Store::Required, _) => Ok(StorePolicy::Required),
        (Store::EncryptedFile, Some(path)) => {
            VaultKey::from_file(path).map(StorePolicy::EncryptedFile).map_err(Failure::diagnosed)
        }
        (Store::EncryptedFile, None) => Err(Failure::diagnosed(SettingsError::NoKey)),
    }
}
