//! Everything that a provider knows as a client of its own.

use anyhow::Result;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::Url;
use vestibule_axum::vestibule::PrivateKey;

use crate::application::Application;
use crate::relay::Relay;

/// The identifier of the API that access tokens are for.
pub(crate) const API: &str = "https://api.acme.example";

/// The examples, and what this harness is itself.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    pub(crate) dashboard: Application,
    pub(crate) docs_portal: Application,
    pub(crate) probe: Probe,
}

/// An application of the harness's own, for what the examples do not use. It has a key instead of a secret, and may act
/// for itself too.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) base: Url,
    pub(crate) key: PrivateKey,
    pub(crate) relayed_logout: Url,
}

/// A service, which logs nobody in.
#[derive(Debug)]
pub(crate) struct Robot;

/// An application in a terminal, which has no secret.
#[derive(Debug)]
pub(crate) struct Terminal;

impl Clients {
    /// The probe listens at `probe`.
    pub(crate) fn new(probe: Url, relay: &Relay) -> Result<Self> {
        let [dashboard, docs_portal] = Application::both(relay)?;
        let logout = probe.join("/auth/backchannel-logout")?;
        let probe = Probe { base: probe, key: new_key()?, relayed_logout: relay.address_of(&logout) };
        Ok(Self { dashboard, docs_portal, probe })
    }
}

impl Probe {
    pub(crate) const CLIENT_ID: &str = "probe";

    pub(crate) fn public_keys(&self) -> Value {
        json!({ "keys": [self.key.public_jwk()] })
    }
}

impl Robot {
    pub(crate) const CLIENT_ID: &str = "robot";
    pub(crate) const SECRET: &str = "the robot's secret: 100% +safe";
}

impl Terminal {
    pub(crate) const CLIENT_ID: &str = "acme-cli";
    /// Whatever its port is (RFC 8252 section 7.3).
    pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1/callback";
}

fn new_key() -> Result<PrivateKey> {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
    let lines = BASE64_STANDARD.encode(pair);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n");
    Ok(PrivateKey::from_pem(&pem)?.with_kid("probe-1"))
}
