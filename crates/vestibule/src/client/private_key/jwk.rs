use aws_lc_rs::{
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{
    Algorithm,
    json::parse_object,
    jwt::SigningKey,
    keys::{KeyMaterial, may},
};

pub(super) struct PrivateJwk {
    pub(super) key: SigningKey,
    pub(super) kid: Option<String>,
    pub(super) algorithm: Option<Algorithm>,
}

/// Reads a private JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2).
pub(super) fn read(json: &str) -> Option<PrivateJwk> {
    let mut jwk = parse_object(json.as_bytes()).ok()?;
    let private = PrivateMembers::take_from(&mut jwk);
    if !may("sign", &jwk) {
        return None;
    }
    Some(PrivateJwk {
        key: key(KeyMaterial::read(&jwk)?, &private)?,
        kid: text(&jwk, "kid")?,
        algorithm: match text(&jwk, "alg")? {
            None => None,
            Some(name) => Some(name.parse().ok()?),
        },
    })
}

fn key(public: KeyMaterial, private: &PrivateMembers) -> Option<SigningKey> {
    match public {
        KeyMaterial::Rsa { modulus, exponent } => {
            let components = KeyPairComponents {
                public_key: PublicKeyComponents { n: modulus, e: exponent },
                d: private.number("d")?,
                p: private.number("p")?,
                q: private.number("q")?,
                dP: private.number("dp")?,
                dQ: private.number("dq")?,
                qInv: private.number("qi")?,
            };
            RsaKeyPair::from_components(&components).map(SigningKey::Rsa).ok()
        }
        KeyMaterial::Ec { curve, x, y } => {
            let point = [&[0x04], x.as_slice(), y.as_slice()].concat();
            let pair = EcdsaKeyPair::from_private_key_and_public_key(
                curve.signing(),
                private.number("d")?.as_ref(),
                &point,
            );
            pair.map(|pair| SigningKey::Ecdsa(pair, curve)).ok()
        }
        KeyMaterial::Ed25519 { x } => {
            Ed25519KeyPair::from_seed_and_public_key(private.number("d")?.as_ref(), &x)
                .map(SigningKey::Ed25519)
                .ok()
        }
    }
}

/// `None` for a member of another type.
fn text(jwk: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match jwk.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

/// The private members, moved out of the document: they are wiped with this.
struct PrivateMembers(Vec<(&'static str, Zeroizing<String>)>);

/// Wiped when it is dropped.
struct Number(Zeroizing<Vec<u8>>);

impl PrivateMembers {
    fn take_from(jwk: &mut Map<String, Value>) -> Self {
        let take = |name: &'static str| match jwk.remove(name) {
            Some(Value::String(text)) => Some((name, Zeroizing::new(text))),
            _ => None,
        };
        Self(["d", "p", "q", "dp", "dq", "qi"].into_iter().filter_map(take).collect())
    }

    fn number(&self, name: &str) -> Option<Number> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == name)?;
        BASE64_URL_SAFE_NO_PAD.decode(text.as_bytes()).map(|bytes| Number(Zeroizing::new(bytes))).ok()
    }
}

impl AsRef<[u8]> for Number {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
