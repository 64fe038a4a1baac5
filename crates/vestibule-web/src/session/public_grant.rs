use bytes::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use vestibule::{IdToken, Identity};

use super::Standing;
use crate::store::StoreTime;

/// Who the session belongs to and what they may do: the part of a stored grant that is not sealed.
///
/// Every request asks for the subject and few for more. So nothing is copied, and what is JSON is left as it is until
/// somebody asks.
///
/// five lengths (4 each) | subject | `sid`, empty for none | identity | claims | standing, empty when not known
#[derive(Clone)]
pub(crate) struct PublicGrant {
    parts: Bytes,
    ends: [usize; PARTS],
}

const PARTS: usize = 5;
/// As the first format had them: without the standing.
const FIRST_PARTS: usize = 4;
const LENGTH: usize = 4;

impl PublicGrant {
    pub(crate) fn of(id_token: &IdToken, standing: &Standing) -> Option<Self> {
        let identity = id_token.identity();
        Self::describe(identity, id_token.sid(), &claims(id_token)?, standing)
    }

    /// The person of this identity, with claims as JSON.
    pub(crate) fn describe(
        identity: &Identity,
        sid: Option<&str>,
        claims: &[u8],
        standing: &Standing,
    ) -> Option<Self> {
        let sid = sid.unwrap_or_default();
        let (subject, standing) = (identity.subject().as_bytes(), standing.to_bytes());
        Self::new([subject, sid.as_bytes(), &serde_json::to_vec(identity).ok()?, claims, &standing])
    }

    /// The same person in the same login, with the claims of a newer ID token, if there is one.
    pub(crate) fn renewed(self, newer: Option<&IdToken>, standing: &Standing) -> Self {
        let [subject, sid, identity, known, _] = self.parts();
        let newer = newer.and_then(claims);
        let claims = newer.as_deref().unwrap_or(known);
        Self::new([subject, sid, identity, claims, &standing.to_bytes()]).unwrap_or(self)
    }

    fn new(parts: [&[u8]; PARTS]) -> Option<Self> {
        let size = parts.iter().map(|part| LENGTH + part.len()).sum();
        let mut bytes = Vec::with_capacity(size);
        for part in parts {
            bytes.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        }
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self::read(&bytes.into(), 0).map(|(public, _)| public)
    }

    /// Reads what [`as_bytes`](Self::as_bytes) gave at this place of a grant; the rest follows.
    pub(super) fn read(grant: &Bytes, at: usize) -> Option<(Self, &[u8])> {
        let from = grant.get(at..)?;
        let ends = ends::<PARTS>(from)?;
        let [.., end] = ends;
        let (parts, rest) = from.split_at_checked(end)?;
        let [subject, sid, ..] = slices(parts, ends);
        let is_text = std::str::from_utf8(subject).is_ok() && std::str::from_utf8(sid).is_ok();
        is_text.then(|| (Self { parts: grant.slice_ref(parts), ends }, rest))
    }

    /// The same from the first format.
    pub(super) fn read_first(grant: &Bytes, at: usize) -> Option<(Self, &[u8])> {
        let from = grant.get(at..)?;
        let ends = ends::<FIRST_PARTS>(from)?;
        let [.., end] = ends;
        let (parts, rest) = from.split_at_checked(end)?;
        let [subject, sid, identity, claims] = slices(parts, ends);
        Some((Self::new([subject, sid, identity, claims, &[]])?, rest))
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
        let [_, _, identity, ..] = self.parts();
        serde_json::from_slice(identity).ok()
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        #[derive(Deserialize)]
        struct Maker<'a> {
            issuer: &'a str,
        }
        let [_, _, identity, ..] = self.parts();
        serde_json::from_slice(identity).ok().map(|Maker { issuer }| issuer)
    }

    /// The claims of the latest ID token, in a type of the caller's.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        let [_, _, _, claims, _] = self.parts();
        serde_json::from_slice(claims).ok()
    }

    /// What the user may do; `None` in sessions of the first format.
    pub(crate) fn standing(&self) -> Option<Standing> {
        let [.., standing] = self.parts();
        serde_json::from_slice(standing).ok()
    }

    /// When the provider last renewed the tokens, if it did since the login.
    pub(crate) fn confirmed(&self) -> Option<StoreTime> {
        let [.., standing] = self.parts();
        serde_json::from_slice::<Confirmation>(standing).ok()?.confirmed
    }

    fn parts(&self) -> [&[u8]; PARTS] {
        slices(&self.parts, self.ends)
    }
}

/// The part of a [`Standing`] that is read with every request.
#[derive(Deserialize)]
struct Confirmation {
    #[serde(rename = "c", default)]
    confirmed: Option<StoreTime>,
}

/// Where each of `N` parts ends, by the lengths in front of them; `None` when they are not all there.
fn ends<const N: usize>(from: &[u8]) -> Option<[usize; N]> {
    let (lengths, _) = from.as_chunks::<LENGTH>();
    let mut ends = [0; N];
    let mut end = N * LENGTH;
    for (known, length) in ends.iter_mut().zip(lengths.get(..N)?) {
        end = end.checked_add(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        *known = end;
    }
    (end <= from.len()).then_some(ends)
}

fn slices<const N: usize>(parts: &[u8], ends: [usize; N]) -> [&[u8]; N] {
    let mut start = N * LENGTH;
    ends.map(|end| parts.get(std::mem::replace(&mut start, end)..end).unwrap_or_default())
}

fn claims(id_token: &IdToken) -> Option<Vec<u8>> {
    serde_json::to_vec(&id_token.claims::<serde_json::Value>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the first release wrote it, and as it is written now: these bytes are read for ever.
    const FIRST: &[u8] = b"\0\0\0\x05\0\0\0\x05\0\0\0\x02\0\0\0\x10alicesid-1{}{\"name\":\"Alice\"}";
    const NOW: &[u8] = b"\0\0\0\x05\0\0\0\x05\0\0\0\x02\0\0\0\x10\0\0\0\x19alicesid-1{}\
        {\"name\":\"Alice\"}{\"a\":{\"roles\":[\"admin\"]}}";

    fn grant() -> PublicGrant {
        let mut standing = Standing::default();
        standing.authority.roles.insert("admin".into());
        PublicGrant::new([b"alice", b"sid-1", b"{}", br#"{"name":"Alice"}"#, &standing.to_bytes()]).unwrap()
    }

    #[test]
    fn h24_what_was_ever_written_is_read_and_the_rest_is_left() {
        assert_eq!(grant().as_bytes(), NOW);
        let [grant_now, grant_first] =
            [NOW, FIRST].map(|grant| Bytes::from([b"1", grant, b"sealed"].concat()));
        let (now, rest) = PublicGrant::read(&grant_now, 1).unwrap();
        let (first, first_rest) = PublicGrant::read_first(&grant_first, 1).unwrap();
        for read in [&now, &first] {
            assert_eq!((read.subject(), read.sid()), ("alice", Some("sid-1")));
            assert_eq!(read.claims::<serde_json::Value>().unwrap()["name"], "Alice");
        }
        assert_eq!((rest, first_rest), (&b"sealed"[..], &b"sealed"[..]));
        assert!(now.standing().unwrap().authority.roles.contains("admin"));
        assert!(first.standing().is_none());
        assert!(
            PublicGrant::read(&first.as_bytes().to_vec().into(), 0).is_some(),
            "it is kept as written now"
        );
    }

    #[test]
    fn an_empty_sid_is_none() {
        assert_eq!(PublicGrant::new([b"alice", b"", b"{}", b"{}", b""]).unwrap().sid(), None);
    }

    #[test]
    fn what_is_cut_short_or_no_text_is_refused() {
        for length in 0..NOW.len() {
            assert!(PublicGrant::read(&Bytes::from_static(NOW).slice(..length), 0).is_none(), "{length}");
        }
        for length in 0..FIRST.len() {
            assert!(
                PublicGrant::read_first(&Bytes::from_static(FIRST).slice(..length), 0).is_none(),
                "{length}"
            );
        }
        assert!(PublicGrant::read(&Bytes::from_static(&[0xff; 64]), 0).is_none());
        let no_text = [&[0, 0, 0, 1][..], &[0; 16], &[0xff]].concat();
        assert!(PublicGrant::read(&no_text.into(), 0).is_none());
        let no_text = [&[0, 0, 0, 1][..], &[0; 12], &[0xff]].concat();
        assert!(PublicGrant::read_first(&no_text.into(), 0).is_none());
    }
}
