use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::jwt::SigningKey;

/// Reads the first private key of a PEM text (RFC 7468): parameters and certificates may stand before it. Encrypted keys
/// are not read.
pub(super) fn read(pem: &str) -> Option<SigningKey> {
    let (mut label, mut from_body) = first_block(pem)?;
    while !label.ends_with("PRIVATE KEY") {
        (label, from_body) = first_block(from_body)?;
    }
    let (body, _) = from_body.split_once("-----END ")?;
    let der = decode(body)?;
    match label {
        "PRIVATE KEY" => SigningKey::from_pkcs8(&der),
        "RSA PRIVATE KEY" => SigningKey::from_pkcs1(&der),
        "EC PRIVATE KEY" => SigningKey::from_sec1(&der),
        _ => None,
    }
}

/// The label, and what follows it.
fn first_block(pem: &str) -> Option<(&str, &str)> {
    let (_, from_label) = pem.split_once("-----BEGIN ")?;
    from_label.split_once("-----")
}

fn decode(body: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::with_capacity(body.len()));
    text.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    BASE64_STANDARD.decode(text.as_slice()).map(Zeroizing::new).ok()
}
