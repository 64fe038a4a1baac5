use bytes::Bytes;
use serde::de::DeserializeOwned;
use vestibule::{IdToken, Identity};

/// Who the session belongs to: the part of a stored grant that is not sealed.
///
/// Every request asks for the subject and few for more. So nothing is copied, and what is JSON is left as it is until
/// somebody asks.
///
/// four lengths (4 each) | subject | `sid`, empty for none | identity | claims
#[derive(Clone)]
pub(crate) struct PublicGrant {
    parts: Bytes,
    ends: [usize; 4],
}

const LENGTH: usize = 4;
const LENGTHS: usize = 4 * LENGTH;

impl PublicGrant {
    pub(crate) fn of(id_token: &IdToken) -> Option<Self> {
        let identity = serde_json::to_vec(id_token.identity()).ok()?;
        Self::new(id_token.subject(), id_token.sid().unwrap_or_default(), &identity, &claims(id_token)?)
    }

    /// The same person in the same login, with the claims of a newer ID token.
    pub(crate) fn with_claims_of(self, newer: &IdToken) -> Self {
        let [_, _, identity, _] = self.parts();
        let replaced = claims(newer)
            .and_then(|claims| Self::new(self.subject(), self.sid().unwrap_or_default(), identity, &claims));
        replaced.unwrap_or(self)
    }

    fn new(subject: &str, sid: &str, identity: &[u8], claims: &[u8]) -> Option<Self> {
        let parts = [subject.as_bytes(), sid.as_bytes(), identity, claims];
        let mut bytes = Vec::with_capacity(LENGTHS + parts.iter().map(|part| part.len()).sum::<usize>());
        for part in parts {
            bytes.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        }
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self::read(bytes.into()).map(|(public, _)| public)
    }

    /// Takes what [`as_bytes`](Self::as_bytes) gave from the front; the rest follows.
    pub(super) fn read(mut from: Bytes) -> Option<(Self, Bytes)> {
        let (lengths, _) = from.first_chunk::<LENGTHS>()?.as_chunks::<LENGTH>();
        let mut ends = [0; 4];
        let mut end = LENGTHS;
        for (known, length) in ends.iter_mut().zip(lengths) {
            end = end.checked_add(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            *known = end;
        }
        let parts = (end <= from.len()).then(|| from.split_to(end))?;
        let public = Self { parts, ends };
        let [subject, sid, ..] = public.parts();
        (std::str::from_utf8(subject).is_ok() && std::str::from_utf8(sid).is_ok()).then_some((public, from))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.parts
    }

    pub(crate) fn subject(&self) -> &str {
        let [subject, ..] = self.parts();
        std::str::from_utf8(subject).unwrap_or_default()
    }

    pub(crate) fn sid(&self) -> Option<&str> {
        let [_, sid, ..] = self.parts();
        std::str::from_utf8(sid).ok().filter(|sid| !sid.is_empty())
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        let [_, _, identity, _] = self.parts();
        serde_json::from_slice(identity).ok()
    }

    /// The claims of the latest ID token, in a type of the caller's.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        let [.., claims] = self.parts();
        serde_json::from_slice(claims).ok()
    }

    fn parts(&self) -> [&[u8]; 4] {
        let [subject, sid, identity, claims] = self.ends;
        [LENGTHS..subject, subject..sid, sid..identity, identity..claims]
            .map(|range| self.parts.get(range).unwrap_or_default())
    }
}

fn claims(id_token: &IdToken) -> Option<Vec<u8>> {
    serde_json::to_vec(&id_token.claims::<serde_json::Value>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> PublicGrant {
        PublicGrant::new("alice", "sid-1", b"{}", br#"{"name":"Alice"}"#).unwrap()
    }

    #[test]
    fn what_was_written_is_read_and_the_rest_is_left() {
        let stored = [grant().as_bytes(), b"sealed"].concat();
        let (read, rest) = PublicGrant::read(stored.into()).unwrap();
        assert_eq!((read.subject(), read.sid()), ("alice", Some("sid-1")));
        assert_eq!(read.claims::<serde_json::Value>().unwrap()["name"], "Alice");
        assert_eq!(&rest[..], b"sealed");
    }

    #[test]
    fn an_empty_sid_is_none() {
        assert_eq!(PublicGrant::new("alice", "", b"{}", b"{}").unwrap().sid(), None);
    }

    #[test]
    fn what_is_cut_short_or_no_text_is_refused() {
        let whole = Bytes::copy_from_slice(grant().as_bytes());
        for length in 0..whole.len() {
            assert!(PublicGrant::read(whole.slice(..length)).is_none(), "{length}");
        }
        assert!(PublicGrant::read(Bytes::from_static(&[0xff; 64])).is_none());
        assert!(PublicGrant::read(Bytes::from_static(b"\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\xff")).is_none());
    }
}
