//! The provider that all contestants are clients of.

use anyhow::Result;
use vestibule_dev_idp::{Application, DevIdp, User};

/// The development provider, in this process.
#[derive(Debug)]
pub(crate) struct Provider(DevIdp);

/// How it calls the user who signs in everywhere.
pub(crate) const SUBJECT: &str = "usr_58812749213204488";

/// As whom that user signs in.
pub(crate) const LOGIN: &str = "alice";

pub(crate) const SECRET: &str = "a secret of thirty-two characters";

impl Provider {
    pub(crate) fn start() -> Result<Self> {
        let alice = User::new(LOGIN)
            .with_subject(SUBJECT)
            .name("Alice Liddell")
            .email("alice@acme.example")
            .claim("picture", "https://op.example/pictures/58812749213204488.png")
            .claim("locale", "en-GB");
        Ok(Self(DevIdp::builder().user(alice).start()?))
    }

    pub(crate) fn issuer(&self) -> &str {
        self.0.issuer()
    }

    /// Makes a contestant known.
    pub(crate) fn register(&self, client_id: &str, redirect_uri: &str) -> Result<()> {
        self.0.register(Application::web(client_id, SECRET).redirect_uri(redirect_uri))?;
        Ok(())
    }
}
