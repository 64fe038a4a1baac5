//! How records and log entries are written. Servers outlive releases: what is written today must be read tomorrow.

use bytes::Bytes;
use vestibule_web::store::{
    Attempt, Change, HolderId, LeaseHolder, PublicId, RefreshHash, Scope, SessionKey, SessionRecord,
    SessionSummary, StoreError, StoreTime,
};

/// The only format so far.
const FORMAT: u8 = 1;

/// The fields of a record as the server keeps them.
pub(crate) struct Stored {
    pub(crate) fixed: Bytes,
    pub(crate) moving: Bytes,
    pub(crate) attempts: Bytes,
    pub(crate) grant: Bytes,
    pub(crate) data: Bytes,
}

impl Stored {
    pub(crate) fn record(self, key: SessionKey) -> Result<SessionRecord, StoreError> {
        let fixed = Fixed::read(&self.fixed).ok_or(StoreError::Corrupt)?;
        let moving = Moving::read(&self.moving).ok_or(StoreError::Corrupt)?;
        Ok(SessionRecord {
            key,
            public_id: fixed.public_id,
            subject: fixed.subject,
            scopes: fixed.scopes,
            began: fixed.began,
            created: fixed.created,
            last_seen: moving.last_seen,
            idle_end: moving.idle_end,
            absolute_end: fixed.absolute_end,
            label: fixed.label,
            grant: self.grant,
            refresh: moving.refresh,
            grant_version: moving.grant_version,
            data: self.data,
            version: moving.version,
            lease: moving.lease,
            attempts: attempts(&self.attempts).ok_or(StoreError::Corrupt)?,
        })
    }
}

/// What a list shows of a record.
pub(crate) fn summary(fixed: &Bytes, moving: &Bytes) -> Result<SessionSummary, StoreError> {
    let fixed = Fixed::read(fixed).ok_or(StoreError::Corrupt)?;
    let moving = Moving::read(moving).ok_or(StoreError::Corrupt)?;
    Ok(SessionSummary {
        id: fixed.public_id,
        created: fixed.created,
        last_seen: moving.last_seen,
        absolute_end: fixed.absolute_end,
        label: fixed.label,
    })
}

/// An entry of the log.
pub(crate) fn change(entry: &[u8]) -> Result<Change, StoreError> {
    read_change(entry).ok_or(StoreError::Corrupt)
}

fn read_change(entry: &[u8]) -> Option<Change> {
    let (kind, mut rest) = entry.split_first()?;
    match kind {
        b'E' => Some(Change::Ended(SessionKey::from_bytes(rest.try_into().ok()?))),
        b'R' => Some(Change::Replaced(SessionKey::from_bytes(rest.try_into().ok()?))),
        b'L' => {
            let cutoff = take_time(&mut rest)?;
            let [spares] = take(&mut rest)?;
            let spared = if spares == 0 { None } else { Some(SessionKey::from_bytes(take(&mut rest)?)) };
            Some(Change::Revoked { scopes: scopes(rest)?, cutoff, spared })
        }
        _ => None,
    }
}

struct Fixed {
    began: StoreTime,
    created: StoreTime,
    absolute_end: StoreTime,
    public_id: PublicId,
    subject: Scope,
    scopes: Vec<Scope>,
    label: Bytes,
}

impl Fixed {
    fn read(bytes: &Bytes) -> Option<Self> {
        let mut rest = &bytes[..];
        if take(&mut rest)? != [FORMAT] {
            return None;
        }
        let [began, created, absolute_end] =
            [take_time(&mut rest)?, take_time(&mut rest)?, take_time(&mut rest)?];
        let public_id = PublicId::from_bytes(take(&mut rest)?);
        let subject = Scope::from_bytes(take(&mut rest)?);
        let count = usize::from(u16::from_be_bytes(take(&mut rest)?));
        let (listed, label) = rest.split_at_checked(count * 32)?;
        let label = bytes.slice_ref(label);
        Some(Self { began, created, absolute_end, public_id, subject, scopes: scopes(listed)?, label })
    }
}

struct Moving {
    idle_end: StoreTime,
    last_seen: StoreTime,
    version: u64,
    grant_version: u64,
    refresh: Option<RefreshHash>,
    lease: Option<LeaseHolder>,
}

impl Moving {
    fn read(mut rest: &[u8]) -> Option<Self> {
        let rest = &mut rest;
        let [idle_end, last_seen] = [take_time(rest)?, take_time(rest)?];
        let [version, grant_version] = [u64::from_be_bytes(take(rest)?), u64::from_be_bytes(take(rest)?)];
        let ([has_token], token) = (take(rest)?, take(rest)?);
        let ([is_leased], holder, until) = (take(rest)?, take(rest)?, take_time(rest)?);
        let refresh = (has_token == 1).then(|| RefreshHash::from_bytes(token));
        let holder = HolderId::from_bytes(holder);
        let lease = (is_leased == 1).then_some(LeaseHolder { holder, until });
        rest.is_empty().then_some(Self { idle_end, last_seen, version, grant_version, refresh, lease })
    }
}

fn attempts(mut rest: &[u8]) -> Option<Vec<Attempt>> {
    let mut attempts = Vec::new();
    while !rest.is_empty() {
        let holder = HolderId::from_bytes(take(&mut rest)?);
        let spent = RefreshHash::from_bytes(take(&mut rest)?);
        attempts.push(Attempt { holder, spent, open_until: take_time(&mut rest)? });
    }
    Some(attempts)
}

fn scopes(mut rest: &[u8]) -> Option<Vec<Scope>> {
    let mut scopes = Vec::with_capacity(rest.len() / 32);
    while !rest.is_empty() {
        scopes.push(Scope::from_bytes(take(&mut rest)?));
    }
    Some(scopes)
}

fn take_time(rest: &mut &[u8]) -> Option<StoreTime> {
    take(rest).map(|bytes| StoreTime::from_millis(u64::from_be_bytes(bytes)))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SessionKey = SessionKey::from_bytes([1; 32]);

    fn millis(millis: u64) -> StoreTime {
        StoreTime::from_millis(millis)
    }

    /// As the first release wrote them. A later one that cannot read these ends every session there is.
    fn frozen() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let number = |number: u64| number.to_be_bytes().to_vec();
        let fixed =
            [vec![1], number(1000), number(2000), number(90_000), vec![2; 16], vec![3; 32], vec![0, 2]];
        let fixed = [fixed.concat(), vec![3; 32], vec![4; 32], b"Firefox".to_vec()].concat();
        let versions = [number(60_000), number(3000), number(5), number(6)].concat();
        let moving = [versions, vec![1], vec![7; 32], vec![1], vec![8; 16], number(4000)].concat();
        let attempts = [vec![8; 16], vec![7; 32], number(5000)].concat();
        (fixed, moving, attempts)
    }

    fn read(fixed: Vec<u8>, moving: Vec<u8>, attempts: Vec<u8>) -> Result<SessionRecord, StoreError> {
        let (grant, data) = (Bytes::from_static(b"grant"), Bytes::from_static(b"data"));
        Stored { fixed: fixed.into(), moving: moving.into(), attempts: attempts.into(), grant, data }
            .record(KEY)
    }

    #[test]
    fn a_record_of_the_first_release_is_read() {
        let (fixed, moving, attempts) = frozen();
        let (holder, token) = (HolderId::from_bytes([8; 16]), RefreshHash::from_bytes([7; 32]));
        let scopes = vec![Scope::from_bytes([3; 32]), Scope::from_bytes([4; 32])];
        let wanted = SessionRecord {
            key: KEY,
            public_id: PublicId::from_bytes([2; 16]),
            subject: scopes[0],
            scopes,
            began: millis(1000),
            created: millis(2000),
            last_seen: millis(3000),
            idle_end: millis(60_000),
            absolute_end: millis(90_000),
            label: Bytes::from_static(b"Firefox"),
            grant: Bytes::from_static(b"grant"),
            refresh: Some(token),
            grant_version: 6,
            data: Bytes::from_static(b"data"),
            version: 5,
            lease: Some(LeaseHolder { holder, until: millis(4000) }),
            attempts: vec![Attempt { holder, spent: token, open_until: millis(5000) }],
        };
        assert!(read(fixed, moving, attempts).unwrap() == wanted);
    }

    #[test]
    fn no_cut_and_no_later_format_is_read_and_none_panics() {
        let (fixed, moving, attempts) = frozen();
        let scopes_end = fixed.len() - "Firefox".len();
        for length in 0..scopes_end {
            assert!(read(fixed[..length].to_vec(), moving.clone(), attempts.clone()).is_err(), "{length}");
        }
        for length in 0..moving.len() {
            assert!(read(fixed.clone(), moving[..length].to_vec(), attempts.clone()).is_err(), "{length}");
        }
        for length in 1..attempts.len() {
            assert!(read(fixed.clone(), moving.clone(), attempts[..length].to_vec()).is_err(), "{length}");
        }
        let later = [&[2], &fixed[1..]].concat();
        assert!(matches!(read(later, moving, attempts), Err(StoreError::Corrupt)));
    }

    #[test]
    fn entries_of_the_log_are_read() {
        let (ended, replaced) = ([&b"E"[..], &[1; 32]].concat(), [&b"R"[..], &[1; 32]].concat());
        assert_eq!(change(&ended).unwrap(), Change::Ended(KEY));
        assert_eq!(change(&replaced).unwrap(), Change::Replaced(KEY));
        let scope = Scope::from_bytes([4; 32]);
        let head = [&b"L"[..], &9_u64.to_be_bytes()].concat();
        let told = [&head[..], &[0], &[4; 32]].concat();
        let logout = |spared| Change::Revoked { scopes: vec![scope], cutoff: millis(9), spared };
        assert_eq!(change(&told).unwrap(), logout(None));
        let told = [&head[..], &[32], &[1; 32], &[4; 32]].concat();
        assert_eq!(change(&told).unwrap(), logout(Some(KEY)));
        for wrong in [&b""[..], b"X", b"E", b"L1234567", &told[..told.len() - 1]] {
            assert!(matches!(change(wrong), Err(StoreError::Corrupt)), "{wrong:?}");
        }
    }
}
