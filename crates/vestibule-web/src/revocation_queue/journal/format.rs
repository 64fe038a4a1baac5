use sha2::{Digest, Sha256};

use super::super::Queued;
use crate::store::{LogoutId, Scope, SessionKey, StoreTime};

/// The format of a file. A format that was ever written is read for ever.
const VERSION: u8 = 1;
const HAS_LOGOUT: u8 = 1;
const HAS_SPARE: u8 = 2;

/// What a file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Ours(Queued),
    /// Of another relying party that has its journal in the same place.
    AnothersRealm,
}

/// version (1) | realm (32) | moment heard (8) | flags (1) | logout token's identity (32) if it has one |
/// the session that stays (32) if there is one | scopes (32 each) | SHA-256 of all that (32)
pub(super) fn to_bytes(realm: &Scope, queued: &Queued) -> Vec<u8> {
    let Queued { scopes, heard, logout, spare } = queued;
    let flag = |is_there: bool, flag: u8| if is_there { flag } else { 0 };
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(realm.as_bytes());
    bytes.extend_from_slice(&heard.as_millis().to_be_bytes());
    bytes.push(flag(logout.is_some(), HAS_LOGOUT) | flag(spare.is_some(), HAS_SPARE));
    bytes.extend(logout.iter().flat_map(LogoutId::as_bytes));
    bytes.extend(spare.iter().flat_map(SessionKey::as_bytes));
    bytes.extend(scopes.iter().flat_map(Scope::as_bytes));
    bytes.extend_from_slice(&Sha256::digest(&bytes));
    bytes
}

/// `None` for what is damaged, or of a version that this one does not know.
pub(super) fn from_bytes(realm: &Scope, bytes: &[u8]) -> Option<Entry> {
    let (content, digest) = bytes.split_last_chunk::<32>()?;
    if Sha256::digest(content).as_slice() != digest {
        return None;
    }
    let (&VERSION, rest) = content.split_first()? else { return None };
    let (whose, rest) = rest.split_first_chunk::<32>()?;
    if whose != realm.as_bytes() {
        return Some(Entry::AnothersRealm);
    }
    let (heard, rest) = rest.split_first_chunk::<8>()?;
    let (&flags, rest) = rest.split_first()?;
    let (logout, rest) = optional(rest, flags & HAS_LOGOUT != 0)?;
    let (spare, rest) = optional(rest, flags & HAS_SPARE != 0)?;
    let (scopes, []) = rest.as_chunks::<32>() else { return None };
    (flags & !(HAS_LOGOUT | HAS_SPARE) == 0).then(|| {
        Entry::Ours(Queued {
            scopes: scopes.iter().copied().map(Scope::from_bytes).collect(),
            heard: StoreTime::from_millis(u64::from_be_bytes(*heard)),
            logout: logout.map(LogoutId::from_bytes),
            spare: spare.map(SessionKey::from_bytes),
        })
    })
}

fn optional(bytes: &[u8], is_there: bool) -> Option<(Option<[u8; 32]>, &[u8])> {
    if !is_there {
        return Some((None, bytes));
    }
    let (value, rest) = bytes.split_first_chunk::<32>()?;
    Some((Some(*value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REALM: Scope = Scope::from_bytes([0xaa; 32]);

    fn queued(logout: bool, spare: bool, scopes: u8) -> Queued {
        Queued {
            scopes: (1..=scopes).map(|number| Scope::from_bytes([number; 32])).collect(),
            heard: StoreTime::from_millis(0x0102_0304_0506_0708),
            logout: logout.then(|| LogoutId::from_bytes([0x10; 32])),
            spare: spare.then(|| SessionKey::from_bytes([0x20; 32])),
        }
    }

    /// What a release wrote before it was replaced, the next one reads.
    #[test]
    fn bm08_a_file_is_the_same_for_ever() {
        let bytes = to_bytes(&REALM, &queued(true, true, 2));
        let mut expected = vec![1];
        expected.extend([0xaa; 32]);
        expected.extend([1, 2, 3, 4, 5, 6, 7, 8]);
        expected.push(3);
        for byte in [0x10, 0x20, 1, 2] {
            expected.extend([byte; 32]);
        }
        let (content, digest) = bytes.split_last_chunk::<32>().unwrap();
        assert_eq!(content, expected);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "65b22ba113d38e02593d46fae902adc6e56a52c8d5d5abad6b8f07b31b9e25cf");
    }

    #[test]
    fn bm08_what_was_written_is_read() {
        for (logout, spare, scopes) in
            [(false, false, 0), (true, false, 1), (false, true, 2), (true, true, 6)]
        {
            let queued = queued(logout, spare, scopes);
            let bytes = to_bytes(&REALM, &queued);
            assert_eq!(from_bytes(&REALM, &bytes), Some(Entry::Ours(queued)));
            assert_eq!(from_bytes(&Scope::from_bytes([0xbb; 32]), &bytes), Some(Entry::AnothersRealm));
        }
    }

    #[test]
    fn bm08_what_is_damaged_or_newer_is_nothing() {
        let good = to_bytes(&REALM, &queued(true, true, 2));
        for length in 0..good.len() {
            assert_eq!(from_bytes(&REALM, &good[..length]), None, "{length}");
        }
        for at in 0..good.len() {
            let mut damaged = good.clone();
            damaged[at] ^= 1;
            assert_eq!(from_bytes(&REALM, &damaged), None, "{at}");
        }
        let sealed = |content: &[u8]| [content, Sha256::digest(content).as_slice()].concat();
        let content = good[..good.len() - 32].to_vec();
        assert!(from_bytes(&REALM, &sealed(&content)).is_some());
        let newer = [&[2], &content[1..]].concat();
        let longer = [content.as_slice(), &[0]].concat();
        let mut flags = content;
        flags[41] = 7;
        for other in [newer, longer, flags] {
            assert_eq!(from_bytes(&REALM, &sealed(&other)), None);
        }
    }
}
