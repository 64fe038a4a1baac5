//! Strict form decoding (WHATWG URL, `application/x-www-form-urlencoded`), for whatever arrives from outside.

use percent_encoding::percent_decode_str;

/// Broken escapes, or bytes that are no UTF-8. Browsers and providers send neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form has broken escapes or is not UTF-8")]
pub struct FormError;

/// Splits and decodes a query or a form body into its pairs, in order, repetitions included.
///
/// ```
/// let pairs = vestibule::form::parse("state=s+1&code=a%26b")?;
/// assert_eq!(pairs[0], ("state".into(), "s 1".into()));
/// assert_eq!(pairs[1], ("code".into(), "a&b".into()));
/// assert!(vestibule::form::parse("code=%f").is_err());
/// # Ok::<(), vestibule::form::FormError>(())
/// ```
///
/// # Errors
/// [`FormError`] for escapes and bytes that a lenient decoder would replace.
pub fn parse(form: &str) -> Result<Vec<(String, String)>, FormError> {
    form.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Result<String, FormError> {
    let bytes = text.as_bytes();
    let broken = bytes.iter().enumerate().any(|(at, byte)| {
        *byte == b'%' && !bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
        return Err(FormError);
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(Into::into).map_err(|_| FormError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_pairs_in_order() {
        let pairs = parse("a=1&b=%C3%A9+x&a=&c").unwrap();
        let expected = [("a", "1"), ("b", "é x"), ("a", ""), ("c", "")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn refuses_what_a_lenient_decoder_repairs() {
        for broken in ["a=%", "a=%2", "a=%zz", "%=1", "a=%ff", "a=%C3"] {
            assert_eq!(parse(broken), Err(FormError), "{broken}");
        }
    }
}
