//! Unguessable names: session cookies, codes, tokens, `sid`, `jti`, key ids.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A new name: `prefix` and 128 random bits in base64url.
pub(crate) fn name(prefix: &str) -> String {
    let mut bytes = [0_u8; 16];
    // A weak name is worse than a late one.
    while rand::fill(&mut bytes).is_err() {}
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}
