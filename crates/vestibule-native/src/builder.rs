use std::{path::PathBuf, sync::Arc};

use etcetera::BaseStrategy;
use vestibule::{Client, Native};

use crate::{
    Browser, NativeApp, NativeError, RedirectPlan, StorePolicy, Surroundings, SystemBrowser, app::Parts,
    vault::Vault,
};

/// What an application may choose. Every setting has a default.
#[derive(Debug)]
#[must_use]
pub struct NativeAppBuilder {
    client: Client<Native>,
    store: StorePolicy,
    redirects: RedirectPlan,
    browser: Arc<dyn Browser>,
    surroundings: Option<Surroundings>,
    state_folder: Option<PathBuf>,
}

impl NativeAppBuilder {
    pub(crate) fn new(client: Client<Native>) -> Self {
        Self {
            client,
            store: StorePolicy::Required,
            redirects: RedirectPlan::default(),
            browser: Arc::new(SystemBrowser),
            surroundings: None,
            state_folder: None,
        }
    }

    /// Where logins are kept. Default: [`StorePolicy::Required`], the secure store of the system.
    pub fn store(mut self, policy: StorePolicy) -> Self {
        self.store = policy;
        self
    }

    /// How the browser's answer comes back, as it is registered. Default: [`RedirectPlan::any_port`].
    pub fn redirect(mut self, plan: RedirectPlan) -> Self {
        self.redirects = plan;
        self
    }

    /// Another browser than the system's. Default: [`SystemBrowser`].
    pub fn browser(mut self, browser: impl Browser) -> Self {
        self.browser = Arc::new(browser);
        self
    }

    /// What tells whether a browser can be shown. Default: [`Surroundings::of_this_process`].
    pub fn surroundings(mut self, surroundings: Surroundings) -> Self {
        self.surroundings = Some(surroundings);
        self
    }

    /// The folder of the locks, of the list of accounts (which holds no secret) and of sealed files. It is this user's
    /// alone. Default: `vestibule` in the folder for state: `$XDG_STATE_HOME`, `~/.local/state`, or what the system has for
    /// it. With [`StorePolicy::MemoryOnly`] none is used.
    pub fn state_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state_folder = Some(folder.into());
        self
    }

    /// The application. Nothing is opened, and no network touched.
    ///
    /// # Errors
    /// [`NativeError::NoHome`] when there is no home folder, and no folder was given.
    pub fn build(self) -> Result<NativeApp, NativeError> {
        let folder = match self.state_folder {
            Some(folder) => folder,
            None => default_state_folder().ok_or(NativeError::NoHome)?,
        };
        let vault = Vault::new(self.store, folder, self.client.provider().random().clone());
        Ok(NativeApp::new(Parts {
            vault,
            client: self.client,
            redirects: self.redirects,
            browser: self.browser,
            surroundings: self.surroundings.unwrap_or_else(Surroundings::of_this_process),
        }))
    }
}

/// Where state rests on this system.
pub(crate) fn default_state_folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("vestibule"))
}
