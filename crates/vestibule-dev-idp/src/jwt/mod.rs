//! JSON Web Tokens that may be wrong in any way.

mod draft;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

pub use self::draft::TokenDraft;
use crate::error::SigningError;
use crate::keys::{KeyRing, hmac_sha256};
use crate::secret::Secret;
use crate::signing_algorithm::SigningAlgorithm;

/// Header and claims before they are signed.
#[derive(Clone, Debug)]
pub(crate) struct Jwt {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) signer: Signer,
    pub(crate) payload: Payload,
    /// Spoils the finished signature.
    pub(crate) spoilt: bool,
}

impl Jwt {
    /// A token that the provider's current key for `algorithm` will sign.
    pub(crate) fn new(algorithm: SigningAlgorithm, typ: Option<&str>, claims: Map<String, Value>) -> Self {
        let mut header = Map::new();
        header.insert("alg".to_owned(), json!(algorithm.as_str()));
        if let Some(typ) = typ {
            header.insert("typ".to_owned(), json!(typ));
        }
        Self { header, claims, signer: Signer::Provider(algorithm), payload: Payload::Json, spoilt: false }
    }

    /// Opens a token that was signed already, to sign it again after changing it.
    pub(crate) fn reopen(algorithm: SigningAlgorithm, compact: &str) -> Option<Self> {
        let mut parts = compact.split('.');
        let mut jwt = Self::new(algorithm, None, Map::new());
        jwt.header = object(parts.next()?)?;
        jwt.header.remove("kid");
        jwt.claims = object(parts.next()?)?;
        Some(jwt)
    }

    pub(crate) fn set(&mut self, claim: &str, value: impl Into<Value>) {
        self.claims.insert(claim.to_owned(), value.into());
    }

    pub(crate) fn remove(&mut self, claim: &str) {
        self.claims.remove(claim);
    }

    /// The text of a claim, empty where there is none.
    pub(crate) fn text(&self, claim: &str) -> String {
        match self.claims.get(claim) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// Signs and serializes (RFC 7515 section 7.1). A `kid` is added unless the header has one or forbids it with null.
    pub(crate) fn compact(&self, keys: &KeyRing) -> Result<String, SigningError> {
        let mut header = self.header.clone();
        if !header.contains_key("kid")
            && let Some(kid) = self.signer.kid(keys)
        {
            header.insert("kid".to_owned(), json!(kid));
        }
        header.retain(|_, value| !value.is_null());
        let header = Value::Object(header).to_string();
        let payload = self.payload.text(&self.claims);
        let compact = compact(keys, &self.signer, header.as_bytes(), payload.as_bytes())?;
        Ok(if self.spoilt { spoilt(&compact) } else { compact })
    }
}

/// Signs a header and a payload as they are.
pub(crate) fn compact(
    keys: &KeyRing,
    signer: &Signer,
    header: &[u8],
    payload: &[u8],
) -> Result<String, SigningError> {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.signature(keys, input.as_bytes())?;
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Who signs a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// A key that was never published, under the `kid` of the provider's own.
    Foreign(SigningAlgorithm),
    /// HS256 with the text of the provider's public RSA key.
    HmacPublicKey,
    /// HS256 with this secret.
    HmacSecret(Secret),
    /// The key that belongs to the algorithm.
    Provider(SigningAlgorithm),
    /// Nobody: the signature is empty.
    Unsigned,
}

impl Signer {
    fn kid(&self, keys: &KeyRing) -> Option<String> {
        let algorithm = match self {
            Self::Foreign(algorithm) | Self::Provider(algorithm) => *algorithm,
            Self::HmacPublicKey => SigningAlgorithm::Rs256,
            Self::HmacSecret(_) | Self::Unsigned => return None,
        };
        Some(keys.current().key(algorithm).kid().to_owned())
    }

    fn signature(&self, keys: &KeyRing, input: &[u8]) -> Result<Vec<u8>, SigningError> {
        match self {
            Self::Foreign(algorithm) => keys.foreign()?.key(*algorithm).signature(*algorithm, input),
            Self::HmacPublicKey => {
                let pem = keys.current().key(SigningAlgorithm::Rs256).public_pem().unwrap_or_default();
                Ok(hmac_sha256(pem.as_bytes(), input))
            }
            Self::HmacSecret(secret) => Ok(hmac_sha256(secret.expose().as_bytes(), input)),
            Self::Provider(algorithm) => keys.current().key(*algorithm).signature(*algorithm, input),
            Self::Unsigned => Ok(Vec::new()),
        }
    }
}

/// How the claims are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// With a member twice: first with this value, then with the claim's own.
    DuplicateMember(String, Value),
    /// As one JSON object.
    Json,
    /// Not as JSON at all.
    NotJson,
}

impl Payload {
    fn text(&self, claims: &Map<String, Value>) -> String {
        let json = Value::Object(claims.clone()).to_string();
        match self {
            Self::DuplicateMember(name, value) => {
                let rest = json.strip_prefix('{').unwrap_or_default();
                format!("{{{}:{value},{rest}", Value::String(name.clone()))
            }
            Self::Json => json,
            Self::NotJson => "not json".to_owned(),
        }
    }
}

/// The claims of a token that one of the provider's keys signed, past or present. Nothing else is checked: an ID token
/// may be expired and still be a good hint (OpenID Connect RP-Initiated Logout 1.0 section 2).
pub(crate) fn opened_hint(keys: &KeyRing, compact: &str) -> Option<Map<String, Value>> {
    let (input, signature) = compact.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let header = object(header)?;
    let algorithm = SigningAlgorithm::named(header.get("alg")?.as_str()?)?;
    let key = keys.known(header.get("kid")?.as_str()?)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    key.verifies(algorithm, input.as_bytes(), &signature).then(|| object(payload))?
}

fn spoilt(compact: &str) -> String {
    let (input, signature) = compact.rsplit_once('.').unwrap_or((compact, ""));
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    signature.iter_mut().for_each(|byte| *byte ^= 0x5A);
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
