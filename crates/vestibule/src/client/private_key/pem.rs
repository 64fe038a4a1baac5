use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::jwt::SigningKey;

/// Reads the first private key of a PEM text (RFC 7468). Encrypted keys are not read.
pub(super) fn read(pem: &str) -> Option<SigningKey> {
    let (_, from_label) = pem.split_once("-----BEGIN ")?;
    let (label, from_body) = from_label.split_once("-----")?;
    let (body, _) = from_body.split_once("-----END ")?;
    let der = decode(body)?;
    match label {
        "PRIVATE KEY" => SigningKey::from_pkcs8(&der),
        "RSA PRIVATE KEY" => SigningKey::from_pkcs1(&der),
        "EC PRIVATE KEY" => SigningKey::from_sec1(&der),
        _ => None,
    }
}

fn decode(body: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::with_capacity(body.len()));
    text.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    BASE64_STANDARD.decode(text.as_slice()).map(Zeroizing::new).ok()
}
