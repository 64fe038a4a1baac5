use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{Algorithm, jwt::has_small_order};

/// The numbers of a public key, with every rule applied that needs no arithmetic (RFC 7518 section 6, RFC 8037
/// section 2).
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum KeyMaterial {
    /// Big-endian, without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// Big-endian, of the curve's full length.
    Ec {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    Ed25519 {
        x: [u8; 32],
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl KeyMaterial {
    /// `None` for another type or curve, a missing or malformed member, and a key that is too weak or too costly.
    pub(crate) fn read(jwk: &Map<String, Value>) -> Option<Self> {
        match (text(jwk, "kty")?, text(jwk, "crv")) {
            ("RSA", _) => Self::rsa(number(jwk, "n")?, number(jwk, "e")?),
            ("EC", Some("P-256")) => Self::ec(jwk, Curve::P256),
            ("EC", Some("P-384")) => Self::ec(jwk, Curve::P384),
            ("OKP", Some("Ed25519")) => {
                let x = bytes(jwk, "x")?.try_into().ok()?;
                (!has_small_order(&x)).then_some(Self::Ed25519 { x })
            }
            _ => None,
        }
    }

    fn rsa(modulus: Vec<u8>, exponent: Vec<u8>) -> Option<Self> {
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let fits = (2048..=8192).contains(&bit_length(&modulus)?)
            && odd(&modulus)
            && odd(&exponent)
            && exponent != [1]
            && exponent.len() <= MAX_EXPONENT;
        fits.then_some(Self::Rsa { modulus, exponent })
    }

    fn ec(jwk: &Map<String, Value>, curve: Curve) -> Option<Self> {
        let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
        let full = |coordinate: &[u8]| coordinate.len() == curve.coordinate_length();
        (full(&x) && full(&y)).then_some(Self::Ec { curve, x, y })
    }

    /// The algorithms that a key of this kind can serve (checklist A07).
    pub(crate) const fn algorithms(&self) -> &'static [Algorithm] {
        use Algorithm::{Ed25519, EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        match self {
            Self::Rsa { .. } => &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512],
            Self::Ec { curve: Curve::P256, .. } => &[Es256],
            Self::Ec { curve: Curve::P384, .. } => &[Es384],
            Self::Ed25519 { .. } => &[EdDsa, Ed25519],
        }
    }

    /// As the members of a JWK.
    pub(crate) fn to_json(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa { modulus, exponent } => {
                json!({ "kty": "RSA", "n": text(modulus), "e": text(exponent) })
            }
            Self::Ec { curve, x, y } => {
                json!({ "kty": "EC", "crv": curve.name(), "x": text(x), "y": text(y) })
            }
            Self::Ed25519 { x } => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(x) }),
        }
    }
}

impl Curve {
    /// In bytes (RFC 7518 section 6.2.1.2).
    pub(crate) const fn coordinate_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }
}

/// The longest RSA exponent, in bytes. 65537 has three; longer ones only make a signature costly to check.
const MAX_EXPONENT: usize = 4;

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name)?.as_str()
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text(jwk, name)?).ok()
}

/// A `Base64urlUInt`. Leading zeros are against RFC 7518 section 2, common, and harmless.
fn number(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    let bytes = bytes(jwk, name)?;
    let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    (!significant.is_empty()).then_some(significant)
}

fn bit_length(number: &[u8]) -> Option<usize> {
    let first = number.first()?;
    Some(number.len() * 8 - first.leading_zeros() as usize)
}
