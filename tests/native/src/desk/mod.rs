//! A user at a machine: an application, a provider, and a browser with its cookies.

mod person;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
pub use person::Person;
use vestibule_dev_idp::{Application, DevIdp, DevIdpBuilder, User};
use vestibule_native::{
    NativeApp, NativeAppBuilder, StorePolicy, Surroundings, VaultKey, vestibule::Provider,
};

use crate::clock::AheadClock;

/// What a test of a login needs. Its folder is gone when it is dropped.
#[derive(Debug)]
pub struct Desk {
    /// Who is asked.
    pub idp: DevIdp,
    /// Whose browser is opened.
    pub alice: Person,
    /// The folder for state, of this test alone.
    pub folder: PathBuf,
    clock: AheadClock,
}

impl Desk {
    /// The client id of the application.
    pub const CLIENT: &str = "acme-cli";
    /// What seals its files: 32 bytes that mean nothing.
    pub const KEY: &str = "zPBCu0ElTPyRQgPMIwERzF0y1Pd0EYPQmKaJDQHhlm4";

    /// A desk whose folder is called after the test.
    ///
    /// # Errors
    /// When the provider does not start.
    pub fn new(test: &str) -> Result<Self> {
        Self::with(test, DevIdp::builder())
    }

    /// The same at a provider that was set up already.
    ///
    /// # Errors
    /// When the provider does not start.
    pub fn with(test: &str, idp: DevIdpBuilder) -> Result<Self> {
        let alice = User::new("alice").name("Alice Liddell").email("alice@acme.example");
        let idp = idp.user(alice).user(User::new("bob")).application(application()).start()?;
        let folder = std::env::temp_dir().join(format!("vestibule-desk-{}-{test}", std::process::id()));
        Ok(Self { alice: Person::new("alice", idp.issuer()), idp, folder, clock: AheadClock::default() })
    }

    /// The application, which keeps logins in sealed files. Each one is as good as a process of its own.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn app(&self) -> Result<NativeApp> {
        self.app_of(&self.alice)
    }

    /// The same with somebody else's browser.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn app_of(&self, person: &Person) -> Result<NativeApp> {
        Ok(self.builder()?.browser(person.clone()).build()?)
    }

    /// The application, with alice's browser, before anything is changed.
    ///
    /// # Errors
    /// When the issuer is none.
    pub fn builder(&self) -> Result<NativeAppBuilder> {
        let provider = Provider::builder(self.idp.issuer())?.clock(self.clock.clone()).build()?;
        let key = VaultKey::from_base64(Self::KEY)?;
        Ok(NativeApp::builder(provider.native(Self::CLIENT))
            .store(StorePolicy::EncryptedFile(key))
            .state_folder(&self.folder)
            .surroundings(Surroundings::desktop())
            .browser(self.alice.clone()))
    }

    /// Another user of the provider.
    pub fn person(&self, login: &str) -> Person {
        Person::new(login, self.idp.issuer())
    }

    /// Lets so much time go by, for everybody.
    pub fn pass(&self, span: Duration) {
        self.idp.clock().advance(span);
        self.clock.set_ahead(span.as_secs());
    }

    /// From now on the application may not use the device flow.
    ///
    /// # Errors
    /// When it cannot be registered.
    pub fn without_device_flow(&self) -> Result<()> {
        Ok(self.idp.register(application().device_flow(false))?)
    }

    /// How many sealed logins there are.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sealed_logins(&self) -> Result<usize> {
        let files = std::fs::read_dir(self.folder.join("sealed"))?;
        Ok(files.flatten().filter(|file| file.path().extension().is_some_and(|end| end == "sealed")).count())
    }
}

fn application() -> Application {
    Application::native(Desk::CLIENT)
        .redirect_uri("http://127.0.0.1/callback/*")
        .redirect_uri("http://127.0.0.1/callback")
        .device_flow(true)
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
