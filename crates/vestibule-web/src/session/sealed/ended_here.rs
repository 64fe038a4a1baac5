use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::store::SessionKey;

/// How many sessions one browser remembers.
const MOST: usize = 4;
/// How many bytes of a session's key tell it from others.
const BYTES: usize = 12;
const LENGTH: usize = 16;

/// The sessions that ended in this browser lately: what a late answer brings back of them is dead (checklist D23).
///
/// Nobody gains by forging it: it ends sessions of the browser that holds it, and no more.
#[derive(Debug, Default)]
pub(super) struct EndedHere(Vec<String>);

impl EndedHere {
    pub(super) fn read(text: &str) -> Self {
        let marks = text.as_bytes().chunks_exact(LENGTH).take(MOST).filter_map(|mark| {
            let known = BASE64_URL_SAFE_NO_PAD.decode(mark).is_ok();
            known.then(|| String::from_utf8_lossy(mark).into_owned())
        });
        Self(marks.collect())
    }

    pub(super) fn contains(&self, key: &SessionKey) -> bool {
        !self.0.is_empty() && self.0.contains(&mark(key))
    }

    /// The text that remembers one more.
    pub(super) fn and(&self, key: &SessionKey) -> String {
        let mark = mark(key);
        let others = self.0.iter().filter(|known| **known != mark).take(MOST - 1).map(String::as_str);
        [mark.as_str()].into_iter().chain(others).collect()
    }
}

fn mark(key: &SessionKey) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes().first_chunk::<BYTES>().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> SessionKey {
        SessionKey::from_bytes([number; 32])
    }

    #[test]
    fn d23_the_latest_four_are_remembered_each_once() {
        let text = [1, 2, 2, 3, 4, 5, 1]
            .into_iter()
            .fold(String::new(), |text, number| EndedHere::read(&text).and(&key(number)));
        assert_eq!(text.len(), MOST * LENGTH);
        let ended = EndedHere::read(&text);
        let known: Vec<_> = (0..7).filter(|number| ended.contains(&key(*number))).collect();
        assert_eq!(known, [1, 3, 4, 5]);
    }

    #[test]
    fn whatever_else_is_there_is_left_out() {
        let ours = EndedHere::default().and(&key(7));
        for text in ["", "short", "!!!!!!!!!!!!!!!!", "ünïcödé ünïcödé ünïcödé", &"x".repeat(4000)]
        {
            let ended = EndedHere::read(text);
            assert!(!ended.contains(&key(7)), "{text}");
            let more = ended.and(&key(7));
            assert!(more.starts_with(&ours) && more.len() <= MOST * LENGTH, "{more}");
            assert!(more.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        }
    }
}
