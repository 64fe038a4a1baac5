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
