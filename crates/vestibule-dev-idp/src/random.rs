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

/// Eight letters in two groups. Without vowels they make no words, and none looks like a digit (RFC 8628 section 6.1).
pub(crate) fn user_code() -> String {
    let mut code = String::new();
    while code.len() < "XXXX-XXXX".len() {
        let mut byte = [0_u8];
        let drawn =
            rand::fill(&mut byte).ok().and_then(|()| USER_CODE_LETTERS.get(usize::from(byte[0] & 31)));
        let Some(&letter) = drawn else { continue };
        if code.len() == 4 {
            code.push('-');
        }
        code.push(char::from(letter));
    }
    code
}

const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_code_is_easy_to_type() {
        let code = user_code();
        let (first, last) = code.split_once('-').unwrap();
        assert_eq!((first.len(), last.len()), (4, 4));
        assert!(first.bytes().chain(last.bytes()).all(|letter| USER_CODE_LETTERS.contains(&letter)));
        assert_ne!(code, user_code());
    }
}
