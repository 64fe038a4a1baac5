//! A text that is too long for one cookie, in several (checklist D05, D06).
//!
//! Each cookie starts with the head of its series: how many cookies there are, and a random name that they share. The
//! seal of the text covers that head, so that no other set of cookies opens.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vestibule::{Random, RandomError};

/// How many cookies a series has at most.
pub(crate) const MOST: usize = 5;
/// How many characters of the text one cookie holds: with its name and head it stays below the 4096 bytes that every
/// browser keeps (RFC 6265bis section 5.6).
const PAYLOAD: usize = 3800;
const GENERATION: usize = 6;
const HEAD: usize = 1 + GENERATION;

/// What the cookies of one text have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Series([u8; HEAD]);

/// The cookies of a request do not make up one series: some are missing, or belong elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Incomplete;

impl Series {
    /// A new series for a text of so many characters; `None` when that is too long for cookies.
    pub(crate) fn new(length: usize, random: &dyn Random) -> Result<Option<Self>, RandomError> {
        let count = length.div_ceil(PAYLOAD).max(1);
        let Some(digit) = u8::try_from(count).ok().filter(|_| count <= MOST) else { return Ok(None) };
        let mut generation = [0; 4];
        random.fill(&mut generation)?;
        let mut head = [b'0' + digit; HEAD];
        let [_, name @ ..] = &mut head;
        // Four bytes are six characters.
        let _ = BASE64_URL_SAFE_NO_PAD.encode_slice(generation, name);
        Ok(Some(Self(head)))
    }

    /// What the seal of the text covers beside the text.
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn count(self) -> usize {
        let [digit, ..] = self.0;
        usize::from(digit.saturating_sub(b'0'))
    }

    fn read(cookie: &str) -> Option<(Self, &str)> {
        let (head, payload) = cookie.split_at_checked(HEAD)?;
        let series = Self(head.as_bytes().try_into().ok()?);
        let counts = (1..=MOST).contains(&series.count());
        (counts && !payload.is_empty() && payload.len() <= PAYLOAD).then_some((series, payload))
    }
}

/// The values of the cookies, in order.
pub(crate) fn split(series: Series, text: &str) -> Vec<String> {
    let head = std::str::from_utf8(&series.0).unwrap_or_default();
    let mut rest = text;
    let mut values = Vec::with_capacity(series.count());
    while !rest.is_empty() {
        let (payload, left) = rest.split_at_checked(PAYLOAD).unwrap_or((rest, ""));
        values.push([head, payload].concat());
        rest = left;
    }
    values
}

/// The text, of cookies whose numbers differ. All or nothing: cookies of another series are left-overs only where this
/// one has none.
pub(crate) fn join<'a>(
    cookies: &(impl Iterator<Item = (usize, &'a str)> + Clone),
) -> Result<(Series, Cow<'a, str>), Incomplete> {
    let value = |number| cookies.clone().find(|(known, _)| *known == number).map(|(_, value)| value);
    let (series, first) = value(0).and_then(Series::read).ok_or(Incomplete)?;
    let mut text = Cow::Borrowed(first);
    for number in 1..series.count() {
        match value(number).and_then(Series::read) {
            Some((same, payload)) if same == series => text.to_mut().push_str(payload),
            _ => return Err(Incomplete),
        }
    }
    let surplus = cookies.clone().any(|(number, value)| {
        number >= series.count() && Series::read(value).is_some_and(|(of, _)| of == series)
    });
    if surplus { Err(Incomplete) } else { Ok((series, text)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vestibule::testing::SeededRandom;

    use super::*;

    fn series(length: usize, seed: u64) -> Series {
        Series::new(length, &SeededRandom::new(seed)).unwrap().unwrap()
    }

    fn chunks(text: &str, seed: u64) -> Vec<String> {
        split(series(text.len(), seed), text)
    }

    fn numbered(values: &[String]) -> Vec<(usize, &str)> {
        values.iter().map(String::as_str).enumerate().collect()
    }

    fn joined(cookies: &[(usize, &str)]) -> Result<String, Incomplete> {
        join(&cookies.iter().copied()).map(|(_, text)| text.into_owned())
    }

    #[test]
    fn d05_a_series_ends_at_five_cookies() {
        let random = SeededRandom::new(1);
        for (length, count) in [(1, 1), (PAYLOAD, 1), (PAYLOAD + 1, 2), (MOST * PAYLOAD, MOST)] {
            assert_eq!(Series::new(length, &random).unwrap().unwrap().count(), count, "{length}");
        }
        for length in [MOST * PAYLOAD + 1, 256 * PAYLOAD, usize::MAX] {
            assert_eq!(Series::new(length, &random).unwrap(), None, "{length}");
        }
    }

    #[test]
    fn d05_every_cookie_is_one_that_browsers_keep() {
        const LONGEST_NAME: usize = "__Host-vs-12345678.4294967295.4".len();
        for value in chunks(&"x".repeat(MOST * PAYLOAD), 1) {
            assert!(LONGEST_NAME + value.len() <= 4096);
        }
    }

    #[test]
    fn d06_all_or_nothing() {
        let text = ["a", "b", "c"].map(|letter| letter.repeat(PAYLOAD)).concat();
        let values = chunks(&text, 1);
        let good = numbered(&values);
        assert_eq!(joined(&good).unwrap(), text);
        for missing in 0..good.len() {
            let mut cookies = good.clone();
            cookies.remove(missing);
            assert_eq!(joined(&cookies), Err(Incomplete), "without {missing}");
        }
        let renumbered: Vec<_> = good.iter().map(|(number, value)| (number + 1, *value)).collect();
        assert_eq!(joined(&renumbered), Err(Incomplete));
        let surplus = [good.as_slice(), &[(3, values[2].as_str())]].concat();
        assert_eq!(joined(&surplus), Err(Incomplete));
        assert_eq!(joined(&[]), Err(Incomplete));
    }

    #[test]
    fn d06_two_generations_do_not_mix_and_left_overs_are_left_out() {
        let (one, other) = (chunks(&"a".repeat(2 * PAYLOAD), 1), chunks(&"b".repeat(2 * PAYLOAD), 2));
        assert_eq!(joined(&[(0, &one[0]), (1, &other[1])]), Err(Incomplete));
        let short = chunks("short", 3);
        assert_eq!(joined(&[(0, &short[0]), (1, &other[1])]).unwrap(), "short");
    }

    #[test]
    fn d06_a_count_is_a_digit_from_one_to_five() {
        for head in ["0", "6", "9", "-", "+", " ", "00", "01", "99999999", "-1", "1", "ü"] {
            let cookie = format!("{head}generation");
            let text = joined(&[(0, &cookie)]);
            assert_eq!(text.is_ok(), head == "1", "{head}");
        }
        assert_eq!(joined(&[(0, "1aaaaaa")]), Err(Incomplete), "nothing in it");
        let long = format!("1aaaaaa{}", "x".repeat(PAYLOAD + 1));
        assert_eq!(joined(&[(0, &long)]), Err(Incomplete), "more than we write");
    }

    proptest! {
        #[test]
        fn i05_what_was_split_is_joined(text in "[A-Za-z0-9_-]{1,19000}", seed: u64) {
            let values = chunks(&text, seed);
            prop_assert_eq!(values.len(), text.len().div_ceil(PAYLOAD));
            let (of, joined) = join(&numbered(&values).into_iter().rev()).unwrap();
            prop_assert_eq!((of, joined.into_owned()), (series(text.len(), seed), text));
        }

        #[test]
        fn i05_any_cookies_are_read_without_panic(
            cookies in proptest::collection::vec((0..7_usize, "\\PC{0,20}|[1-5][ab]{6}x{0,3}"), 0..7)
        ) {
            let cookies: Vec<_> = cookies.iter().map(|(number, value)| (*number, value.as_str())).collect();
            if let Ok((series, text)) = join(&cookies.iter().copied()) {
                prop_assert!(series.count() <= cookies.len() && !text.is_empty());
            }
        }
    }
}
