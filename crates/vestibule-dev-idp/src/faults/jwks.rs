//! Key sets that are wrong.

use serde_json::{Value, json};

/// One thing that is odd or wrong about the published key set (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksFault {
    /// The list of keys is empty.
    Empty,
    /// Exactly these keys, in whatever shape.
    Keys(Vec<Value>),
    /// No member `keys`.
    NoKeys,
    /// Also a secp256k1 key, a key of an unknown type, encryption keys, an RSA key marked for another algorithm, and the
    /// real keys without `use`. Allowed.
    Odd,
    /// The signing RSA key has no `kid` and is the only RSA key for signatures. Allowed.
    OneKeyWithoutId,
    /// The signing RSA key has no `kid`, and neither have two others that never signed anything. Allowed.
    SeveralKeysWithoutId,
    /// Only symmetric keys (`oct`).
    Symmetric,
    /// 101 keys, the real ones last.
    TooMany,
}

impl JwksFault {
    pub(crate) fn apply(&self, document: &mut Value) {
        let keys = document.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
        *document = match self {
            Self::Empty => json!({ "keys": [] }),
            Self::Keys(keys) => json!({ "keys": keys }),
            Self::NoKeys => json!({ "ring": [] }),
            Self::Odd => json!({ "keys": odd(keys) }),
            Self::OneKeyWithoutId => json!({ "keys": without_rsa_ids(keys) }),
            Self::SeveralKeysWithoutId => {
                let mut several = vec![rsa_decoy(1, None), rsa_decoy(2, None)];
                several.extend(without_rsa_ids(keys));
                json!({ "keys": several })
            }
            Self::Symmetric => json!({ "keys": [
                { "kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA" },
            ] }),
            Self::TooMany => {
                let decoys = 101_usize.saturating_sub(keys.len());
                let mut many: Vec<Value> =
                    (0..decoys).map(|at| rsa_decoy(at, Some(format!("decoy-{at}")))).collect();
                many.extend(keys);
                json!({ "keys": many })
            }
        };
    }
}

fn odd(keys: Vec<Value>) -> Vec<Value> {
    let mut all = vec![
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "odd-curve", "use": "sig", "x": "AQ", "y": "AQ" }),
        json!({ "kty": "LATTICE", "kid": "odd-type", "use": "sig", "level": 5 }),
        json!({ "kty": "EC", "crv": "P-256", "kid": "for-encryption", "use": "enc", "alg": "ECDH-ES", "x": "AQ", "y": "AQ" }),
    ];
    let mut encryption = rsa_decoy(3, Some("rsa-for-encryption".to_owned()));
    set(&mut encryption, "use", json!("enc"));
    set(&mut encryption, "alg", json!("RSA-OAEP"));
    let mut other_algorithm = rsa_decoy(4, Some("rsa-for-rs512".to_owned()));
    set(&mut other_algorithm, "alg", json!("RS512"));
    all.extend([encryption, other_algorithm]);
    all.extend(keys.into_iter().map(|mut key| {
        remove(&mut key, "use");
        key
    }));
    all
}

fn without_rsa_ids(keys: Vec<Value>) -> Vec<Value> {
    keys.into_iter()
        .map(|mut key| {
            if key.get("kty").and_then(Value::as_str) == Some("RSA") {
                remove(&mut key, "kid");
            }
            key
        })
        .collect()
}

/// A well-formed 2048-bit RSA public key that nobody signs with: the modulus is `seed` and ones.
fn rsa_decoy(seed: usize, kid: Option<String>) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let mut modulus = vec![0xFF_u8; 256];
    for (byte, part) in modulus.iter_mut().skip(1).zip(seed.to_be_bytes()) {
        *byte = part;
    }
    let mut key = json!({ "kty": "RSA", "use": "sig", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB" });
    if let Some(kid) = kid {
        set(&mut key, "kid", json!(kid));
    }
    key
}

fn set(key: &mut Value, member: &str, value: Value) {
    if let Value::Object(members) = key {
        members.insert(member.to_owned(), value);
    }
}

fn remove(key: &mut Value, member: &str) {
    if let Value::Object(members) = key {
        members.remove(member);
    }
}
