//! A machine on which several processes of one application run for one user.

mod kills;
mod process;
mod rounds;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
pub use kills::{Killed, Moment, kills};
pub use process::{Answer, Process, Question};
pub use rounds::{Rounds, rounds};
use tokio::process::Command;
use vestibule_dev_idp::{Application, DevIdp, DevIdpBuilder};
use vestibule_native::{Login, NativeApp, StorePolicy, VaultKey, vestibule::Provider};

use crate::{ScriptedBrowser, clock::AheadClock};

/// How long access tokens last, and how far a round goes beyond.
const LIFETIME: Duration = Duration::from_secs(300);
const ROUND: Duration = Duration::from_secs(400);

/// The development provider, and the folder where the processes keep sealed files under one key.
#[derive(Debug)]
pub struct Machine {
    /// Who is asked for tokens.
    pub idp: DevIdp,
    program: PathBuf,
    folder: PathBuf,
    clock: AheadClock,
    ahead: u64,
}

impl Machine {
    /// The client id of the application.
    pub const CLIENT: &str = "machine";
    /// The key of its sealed files: 32 bytes that mean nothing.
    pub const KEY: &str = "zPBCu0ElTPyRQgPMIwERzF0y1Pd0EYPQmKaJDQHhlm4";

    /// A machine whose folder is called after the test, and whose processes run `program`, which is `machine-user`.
    ///
    /// # Errors
    /// When the provider does not start.
    pub fn new(test: &str, program: impl Into<PathBuf>, idp: DevIdpBuilder) -> Result<Self> {
        let application = Application::native(Self::CLIENT)
            .redirect_uri("http://127.0.0.1/callback")
            .redirect_uri("http://[::1]/callback")
            .access_token_lifetime(LIFETIME);
        let idp = idp.application(application).session_lifetime(Duration::from_secs(10_000_000)).start()?;
        let folder = std::env::temp_dir().join(format!("vestibule-machine-{}-{test}", std::process::id()));
        Ok(Self { idp, program: program.into(), folder, clock: AheadClock::default(), ahead: 0 })
    }

    /// Signs alice in.
    ///
    /// # Errors
    /// When it fails.
    pub async fn log_in(&self) -> Result<()> {
        self.application()?.login(Login::new().in_browser()).await?;
        Ok(())
    }

    /// The application in this process.
    ///
    /// # Errors
    /// When the provider's address is wrong.
    pub fn application(&self) -> Result<NativeApp> {
        application(self.idp.issuer(), &self.folder, Some(Self::KEY), self.clock.clone())
    }

    /// Starts the application as a process with sealed files, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(&self) -> Result<Process> {
        self.start_by(&mut Command::new(&self.program), Self::KEY).await
    }

    /// Starts it by a command to which its arguments are added, with this key, or `-` for the system's secure store.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_by(&self, command: &mut Command, key: &str) -> Result<Process> {
        Process::start(command.arg(self.idp.issuer()).arg(&self.folder), key).await
    }

    /// The program of its processes.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Where its processes keep what they keep.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets the access token end, everywhere. Returns what the clock of the processes is ahead by.
    pub fn next_round(&mut self) -> u64 {
        self.ahead += ROUND.as_secs();
        self.idp.clock().advance(ROUND);
        self.clock.set_ahead(self.ahead);
        self.ahead
    }

    /// What the clock of the processes is ahead by.
    pub fn ahead(&self) -> u64 {
        self.ahead
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The application of every process of a machine. Without a key it uses the system's secure store.
///
/// # Errors
/// When the issuer or the key is none.
pub fn application(issuer: &str, folder: &Path, key: Option<&str>, clock: AheadClock) -> Result<NativeApp> {
    let policy = match key {
        Some(key) => StorePolicy::EncryptedFile(VaultKey::from_base64(key)?),
        None => StorePolicy::Required,
    };
    let provider = Provider::builder(issuer)?.clock(clock).build()?;
    let app = NativeApp::builder(provider.native(Machine::CLIENT)).store(policy).state_folder(folder);
    Ok(app.browser(ScriptedBrowser::of("alice")).build()?)
}
