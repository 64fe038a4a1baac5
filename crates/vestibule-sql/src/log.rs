//! Entries of the log, in format 1: a byte for the format, one for the kind, and what belongs to it.

use vestibule_web::store::{Change, Changes, Scope, SessionKey};

use crate::{
    columns::Columns,
    engine::Told,
    error::Failure,
    millis::{moment, store_time},
    pack::exact,
};

/// How many entries one reply holds at most.
pub(crate) const REPLY: i64 = Changes::MOST as i64;

const FORMAT: u8 = 1;
const ENDED: u8 = 0;
const REPLACED: u8 = 1;
const REVOKED: u8 = 2;
const REVOKED_BUT_ONE: u8 = 3;

/// An entry as it is stored; `None` for a kind that this version does not know.
pub(crate) fn encode(change: &Change) -> Option<Vec<u8>> {
    let mut entry = vec![FORMAT];
    match change {
        Change::Ended(key) => {
            entry.push(ENDED);
            entry.extend_from_slice(key.as_bytes());
        }
        Change::Replaced(key) => {
            entry.push(REPLACED);
            entry.extend_from_slice(key.as_bytes());
        }
        Change::Revoked { scopes, cutoff, spared } => {
            let (before, after) = around_cutoff(scopes, *spared);
            return Some([&before[..], &moment(*cutoff).to_be_bytes(), &after].concat());
        }
        _ => return None,
    }
    Some(entry)
}

/// What stands before and after the moment in the entry of a logout.
pub(crate) fn around_cutoff(scopes: &[Scope], spared: Option<SessionKey>) -> ([u8; 2], Vec<u8>) {
    let before = [FORMAT, if spared.is_some() { REVOKED_BUT_ONE } else { REVOKED }];
    let spared = spared.iter().flat_map(|key| *key.as_bytes());
    (before, spared.chain(scopes.iter().flat_map(|scope| *scope.as_bytes())).collect())
}

/// An entry as it was stored.
pub(crate) fn decode(entry: &[u8]) -> Result<Change, Failure> {
    match entry {
        [FORMAT, ENDED, key @ ..] => Ok(Change::Ended(SessionKey::from_bytes(exact(key)?))),
        [FORMAT, REPLACED, key @ ..] => Ok(Change::Replaced(SessionKey::from_bytes(exact(key)?))),
        [FORMAT, REVOKED, rest @ ..] => revoked(rest, false),
        [FORMAT, REVOKED_BUT_ONE, rest @ ..] => revoked(rest, true),
        _ => Err(Failure::Corrupt),
    }
}

fn revoked(entry: &[u8], but_one: bool) -> Result<Change, Failure> {
    let (cutoff, mut rest) = entry.split_first_chunk().ok_or(Failure::Corrupt)?;
    let mut spared = None;
    if but_one {
        let (key, after) = rest.split_first_chunk().ok_or(Failure::Corrupt)?;
        spared = Some(SessionKey::from_bytes(*key));
        rest = after;
    }
    let (scopes, rest) = rest.as_chunks();
    if !rest.is_empty() {
        return Err(Failure::Corrupt);
    }
    Ok(Change::Revoked {
        scopes: scopes.iter().copied().map(Scope::from_bytes).collect(),
        cutoff: store_time(i64::from_be_bytes(*cutoff)),
        spared,
    })
}

/// Rows of the log in order, each with the log's end; one row without an entry when there are none.
///
/// Whoever cannot read an entry, which a later version may have written, is told that they lagged.
pub(crate) fn told<R: Columns>(rows: &[R]) -> Result<Told, Failure> {
    let end = rows.first().ok_or(Failure::Lost)?.integer("log_end")?;
    let mut told = Told { end: end.unsigned_abs(), first: 0, entries: Vec::with_capacity(rows.len()) };
    for row in rows {
        let Some(position) = row.integer_if_any("position")? else { continue };
        if told.entries.is_empty() {
            told.first = position.unsigned_abs();
        }
        let Ok(entry) = decode(&row.bytes("entry")?) else {
            return Ok(Told { entries: Vec::new(), ..told });
        };
        told.entries.push(entry);
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use vestibule_web::store::StoreTime;

    use super::*;

    const KEY: SessionKey = SessionKey::from_bytes([7; 32]);

    fn revoked(spared: Option<SessionKey>) -> Change {
        let scopes = vec![Scope::from_bytes([1; 32]), Scope::from_bytes([2; 32])];
        Change::Revoked { scopes, cutoff: StoreTime::from_millis(0x0102_0304), spared }
    }

    /// Nodes of several versions read one log.
    #[test]
    fn h24_entries_of_format_1_are_read_for_ever() {
        let entry = |kind: u8, parts: &[&[u8]]| [&[1, kind], parts.concat().as_slice()].concat();
        let moment = &[0, 0, 0, 0, 1, 2, 3, 4][..];
        let (key, scopes) = (&[7; 32][..], [[1; 32], [2; 32]].concat());
        let frozen = [
            (Change::Ended(KEY), entry(0, &[key])),
            (Change::Replaced(KEY), entry(1, &[key])),
            (revoked(None), entry(2, &[moment, &scopes])),
            (revoked(Some(KEY)), entry(3, &[moment, key, &scopes])),
        ];
        for (change, bytes) in frozen {
            assert_eq!(encode(&change).as_ref(), Some(&bytes));
            assert_eq!(decode(&bytes).ok(), Some(change));
            for cut in 0..bytes.len() {
                // Scopes come in any number, so an entry may end between two.
                let whole = decode(bytes.get(..cut).unwrap_or_default());
                assert!(whole.is_err() || (cut - 2) % 8 == 0, "{cut} bytes");
            }
        }
    }
}
