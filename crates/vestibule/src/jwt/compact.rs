use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::header::Header;
use crate::{JwtError, json};

/// A JWT in compact form whose signature is not yet verified: nothing in it may be believed.
pub(crate) struct UnverifiedJwt<'a> {
    pub(crate) header: Header,
    pub(crate) claims: Map<String, Value>,
    /// What was signed: the first two parts with their dot.
    pub(crate) signed: &'a [u8],
    pub(crate) signature: Vec<u8>,
}

/// The largest token, in characters (checklist A02).
pub(crate) const MAX_TOKEN: usize = 16 * 1024;

/// The largest header, in base64url characters (checklist A02).
pub(crate) const MAX_HEADER: usize = 2 * 1024;

impl<'a> UnverifiedJwt<'a> {
    /// Takes exactly the JWS compact serialization (RFC 7515 section 7.1).
    pub(crate) fn parse(raw: &'a str) -> Result<Self, JwtError> {
        if raw.len() > MAX_TOKEN || raw.find('.').unwrap_or(0) > MAX_HEADER {
            return Err(JwtError::TooLarge);
        }
        let (header, payload, signature) = match Parts::split(raw)? {
            Parts::Signed { header, payload, signature } => (header, payload, signature),
            Parts::Five { header } => return Err(five_parts(header)),
        };
        let header = Header::read(object(header)?)?;
        if signature.is_empty() {
            return Err(JwtError::AlgNone);
        }
        let claims = object(payload)?;
        let signed = raw.as_bytes().get(..raw.len() - signature.len() - 1).ok_or(JwtError::Malformed)?;
        Ok(Self { header, claims, signed, signature: bytes(signature)? })
    }
}

enum Parts<'a> {
    Signed { header: &'a str, payload: &'a str, signature: &'a str },
    Five { header: &'a str },
}

impl<'a> Parts<'a> {
    fn split(raw: &'a str) -> Result<Self, JwtError> {
        let mut parts = raw.split('.');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(header), Some(payload), Some(signature), None, ..) => {
                Ok(Self::Signed { header, payload, signature })
            }
            (Some(header), Some(_), Some(_), Some(_), Some(_), None) => Ok(Self::Five { header }),
            _ => Err(JwtError::Malformed),
        }
    }
}

/// Five parts are a JWE if the header says so (RFC 7516 section 9).
fn five_parts(header: &str) -> JwtError {
    match object(header) {
        Ok(header) if header.contains_key("enc") => JwtError::JweRefused,
        _ => JwtError::Malformed,
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    json::parse_object(&bytes(part)?).map_err(|_| JwtError::Malformed)
}

/// The engine takes neither padding, nor other alphabets, nor bits left over at the end.
fn bytes(part: &str) -> Result<Vec<u8>, JwtError> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)
}
