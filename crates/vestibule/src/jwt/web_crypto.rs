use async_trait::async_trait;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

use super::signature::{SignatureJob, SignatureVerifier};
use crate::{Algorithm, ConfigError};

/// Checks signatures with the browser's WebCrypto. The default in browsers.
#[derive(Clone, Debug)]
pub struct WebCrypto(SubtleCrypto);

impl WebCrypto {
    /// What this page's browser offers.
    ///
    /// # Errors
    /// [`ConfigError::InsecureContext`] when it offers none: the page came over http, and not from this machine.
    pub fn new() -> Result<Self, ConfigError> {
        // In a window as well as in a worker.
        let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok();
        let subtle = crypto.and_then(|crypto| crypto.dyn_into::<Crypto>().ok()).map(|crypto| crypto.subtle());
        match subtle {
            Some(subtle) if !subtle.is_undefined() => Ok(Self(subtle)),
            _ => Err(ConfigError::InsecureContext),
        }
    }

    async fn verify(&self, job: SignatureJob<'_>) -> Result<bool, JsValue> {
        let names = Names::of(job.algorithm);
        let jwk = js_sys::JSON::parse(&job.key.to_json().to_string())?.unchecked_into::<Object>();
        let uses = Array::of1(&"verify".into());
        let importing = self.0.import_key_with_object("jwk", &jwk, &names.of_key()?, false, &uses)?;
        let key: CryptoKey = JsFuture::from(importing).await?.unchecked_into();
        let verifying = self.0.verify_with_object_and_js_u8_array_and_js_u8_array(
            &names.of_signature()?,
            &key,
            &Uint8Array::from(job.signature),
            &Uint8Array::from(job.input),
        )?;
        Ok(JsFuture::from(verifying).await?.is_truthy())
    }
}

#[async_trait(?Send)]
impl SignatureVerifier for WebCrypto {
    async fn is_valid(&self, job: SignatureJob<'_>) -> bool {
        self.verify(job).await.unwrap_or(false)
    }
}

/// What WebCrypto calls an algorithm.
struct Names {
    name: &'static str,
    hash: Option<&'static str>,
    curve: Option<&'static str>,
    /// Of PSS, in bytes: as long as the hash (RFC 7518 section 3.5).
    salt: Option<u8>,
}

impl Names {
    const fn of(algorithm: Algorithm) -> Self {
        use Algorithm::{Ed25519, EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        let (name, curve) = match algorithm {
            Rs256 | Rs384 | Rs512 => ("RSASSA-PKCS1-v1_5", None),
            Ps256 | Ps384 | Ps512 => ("RSA-PSS", None),
            Es256 => ("ECDSA", Some("P-256")),
            Es384 => ("ECDSA", Some("P-384")),
            EdDsa | Ed25519 => ("Ed25519", None),
        };
        let (hash, length) = match algorithm {
            Rs256 | Ps256 | Es256 => (Some("SHA-256"), 32),
            Rs384 | Ps384 | Es384 => (Some("SHA-384"), 48),
            Rs512 | Ps512 => (Some("SHA-512"), 64),
            EdDsa | Ed25519 => (None, 0),
        };
        let salt = if matches!(algorithm, Ps256 | Ps384 | Ps512) { Some(length) } else { None };
        Self { name, hash, curve, salt }
    }

    fn of_key(&self) -> Result<Object, JsValue> {
        let hash = if self.curve.is_some() { None } else { self.hash };
        object([
            ("name", Some(self.name.into())),
            ("hash", hash.map(JsValue::from)),
            ("namedCurve", self.curve.map(JsValue::from)),
        ])
    }

    fn of_signature(&self) -> Result<Object, JsValue> {
        let hash = if self.curve.is_some() { self.hash } else { None };
        object([
            ("name", Some(self.name.into())),
            ("hash", hash.map(JsValue::from)),
            ("saltLength", self.salt.map(JsValue::from)),
        ])
    }
}

fn object<const N: usize>(members: [(&str, Option<JsValue>); N]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        if let Some(value) = value {
            Reflect::set(&object, &name.into(), &value)?;
        }
    }
    Ok(object)
}
