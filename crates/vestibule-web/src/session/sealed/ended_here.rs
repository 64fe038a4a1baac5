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
///
/// version that is above all of theirs, marks
#[derive(Debug, Default)]
pub(super) struct EndedHere {
    pub(super) next_version: u32,
    marks: Vec<String>,
}

impl EndedHere {
    pub(super) fn read(text: &str) -> Self {
        let (version, marks) = text.split_once('.').unwrap_or_default();
        let marks = marks.as_bytes().chunks_exact(LENGTH).take(MOST).filter_map(|mark| {
            let known = BASE64_URL_SAFE_NO_PAD.decode(mark).is_ok();
            known.then(|| String::from_utf8_lossy(mark).into_owned())
        });
        Self { next_version: version.parse().unwrap_or_default(), marks: marks.collect() }
    }

    pub(super) fn contains(&self, key: &SessionKey) -> bool {
        !self.marks.is_empty() && self.marks.contains(&mark(key))
    }

    /// The text that remembers one more.
    pub(super) fn and(&self, key: &SessionKey, next_version: u64) -> String {
        let mark = mark(key);
        let others = self.marks.iter().filter(|known| **known != mark).take(MOST - 1).map(String::as_str);
        let marks: String = [mark.as_str()].into_iter().chain(others).collect();
        format!("{next_version}.{marks}")
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
            .fold(String::new(), |text, number| EndedHere::read(&text).and(&key(number), 7));
        assert_eq!(text.len(), 2 + MOST * LENGTH);
        let ended = EndedHere::read(&text);
        assert_eq!(ended.next_version, 7);
        let known: Vec<_> = (0..7).filter(|number| ended.contains(&key(*number))).collect();
        assert_eq!(known, [1, 3, 4, 5]);
    }

    #[test]
    fn whatever_else_is_there_is_left_out() {
        let ours = EndedHere::default().and(&key(7), 0);
        for text in [
            "",
            ".",
            "-1.",
            "short",
            "4294967296.AAAA",
            "!!!!!!!!!!!!!!!!",
            "ünïcödé ünïcödé ünïcödé",
            &"x".repeat(4000),
        ] {
            let ended = EndedHere::read(text);
            assert!(!ended.contains(&key(7)), "{text}");
            let more = ended.and(&key(7), ended.next_version.into());
            assert!(more.starts_with(&ours) && more.len() <= 2 + MOST * LENGTH, "{more}");
            assert!(
                more.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            );
        }
    }
}
