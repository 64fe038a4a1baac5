//! What each verb does to a *live* record: the rules that every engine shares.
//!
//! An engine that holds a record while it decides (under a lock, in a transaction) calls these and stores the result.
//! One that decides elsewhere (in a script) restates them, and the conformance suite compares.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    Attempt, BeginAttempt, Commit, CommitRefresh, EndIf, GoneReason, HolderId, Lease, LeaseHolder,
    NewSession, RefreshHash, Renew, Replace, Retention, SessionRecord, StoreTime, Touch,
};

/// The record that [`insert`](super::SessionStore::insert) stores.
pub fn insert(session: NewSession, now: StoreTime, retention: Retention) -> SessionRecord {
    let began = session.began.min(now);
    let absolute_end = now.plus(session.absolute).min(began.plus(retention.cutoffs));
    SessionRecord {
        key: session.key,
        public_id: session.public_id,
        subject: session.subject,
        scopes: session.scopes,
        began,
        created: now,
        last_seen: now,
        idle_end: now.plus(session.idle).min(absolute_end),
        absolute_end,
        label: session.label,
        grant: session.grant,
        refresh: session.refresh,
        grant_version: 0,
        data: session.data,
        version: 0,
        lease: None,
        attempts: Vec::new(),
    }
}

/// Why the lifetimes of a record are over, if they are. Its cutoffs are another question.
pub fn lapsed(record: &SessionRecord, now: StoreTime) -> Option<GoneReason> {
    if now >= record.absolute_end {
        Some(GoneReason::Expired)
    } else if now >= record.idle_end {
        Some(GoneReason::Idle)
    } else {
        None
    }
}

/// See [`touch`](super::SessionStore::touch).
pub fn touch(record: &mut Arc<SessionRecord>, now: StoreTime, idle: Duration) -> Touch {
    let record = Arc::make_mut(record);
    record.last_seen = now;
    record.idle_end = now.plus(idle).min(record.absolute_end).max(record.idle_end);
    Touch::Touched { idle_end: record.idle_end }
}

/// See [`replace`](super::SessionStore::replace).
pub fn replace(record: &mut Arc<SessionRecord>, version: u64, data: Bytes) -> Replace {
    if record.version != version {
        return Replace::Conflict(Arc::clone(record));
    }
    let changed = Arc::make_mut(record);
    changed.data = data;
    changed.version += 1;
    Replace::Replaced(Arc::clone(record))
}

/// See [`lease`](super::SessionStore::lease).
pub fn lease(record: &mut Arc<SessionRecord>, now: StoreTime, holder: HolderId, ttl: Duration) -> Lease {
    match record.lease {
        Some(other) if other.holder != holder && now < other.until => Lease::Held { until: other.until },
        _ => {
            Arc::make_mut(record).lease = Some(LeaseHolder { holder, until: now.plus(ttl) });
            Lease::Leased(Arc::clone(record))
        }
    }
}

/// See [`renew`](super::SessionStore::renew).
pub fn renew(record: &mut Arc<SessionRecord>, now: StoreTime, holder: HolderId, ttl: Duration) -> Renew {
    if !holds(record, now, holder) {
        return Renew::Lost;
    }
    let until = now.plus(ttl);
    Arc::make_mut(record).lease = Some(LeaseHolder { holder, until });
    Renew::Renewed { until }
}

/// See [`release`](super::SessionStore::release).
pub fn release(record: &mut Arc<SessionRecord>, holder: HolderId) {
    let record = Arc::make_mut(record);
    record.lease = record.lease.filter(|lease| lease.holder != holder);
    record.attempts.retain(|attempt| attempt.holder != holder);
}

/// See [`begin_attempt`](super::SessionStore::begin_attempt).
pub fn begin_attempt(
    record: &mut Arc<SessionRecord>,
    now: StoreTime,
    holder: HolderId,
    spent: RefreshHash,
    limit: Duration,
) -> BeginAttempt {
    if record.refresh != Some(spent) {
        return BeginAttempt::Superseded(Arc::clone(record));
    }
    if !holds(record, now, holder) {
        return BeginAttempt::Lost;
    }
    let attempts = &mut Arc::make_mut(record).attempts;
    attempts.retain(|attempt| attempt.holder != holder);
    let repeats = !attempts.is_empty();
    forget_all_but_the_last_given_up(attempts, now);
    attempts.push(Attempt { holder, spent, open_until: now.plus(limit) });
    BeginAttempt::Begun { repeats }
}

/// See [`commit_refresh`](super::SessionStore::commit_refresh). The engine then looks at the cutoffs of the record's
/// scopes once more: it may have learned one that was struck.
pub fn commit_refresh(record: &mut Arc<SessionRecord>, commit: CommitRefresh) -> Commit {
    if record.refresh != Some(commit.spent) {
        return Commit::Superseded(Arc::clone(record));
    }
    let changed = Arc::make_mut(record);
    changed.grant = commit.grant;
    changed.refresh = commit.refresh;
    changed.grant_version += 1;
    for scope in commit.listen {
        if !changed.scopes.contains(&scope) {
            changed.scopes.push(scope);
        }
    }
    changed.lease = None;
    changed.attempts.clear();
    Commit::Committed(Arc::clone(record))
}

/// See [`end_if`](super::SessionStore::end_if). On [`EndIf::Ended`] the engine deletes the record.
pub fn end_if(record: &Arc<SessionRecord>, now: StoreTime, holder: HolderId, refused: RefreshHash) -> EndIf {
    if record.refresh != Some(refused) {
        return EndIf::Superseded(Arc::clone(record));
    }
    let others = record.attempts.iter().filter(|attempt| attempt.holder != holder);
    match others.clone().map(|attempt| attempt.open_until).max() {
        Some(until) if now < until => EndIf::Open { until },
        given_up => EndIf::Ended { uncertain: given_up.is_some() },
    }
}

fn holds(record: &SessionRecord, now: StoreTime, holder: HolderId) -> bool {
    record.lease.is_some_and(|lease| lease.holder == holder && now < lease.until)
}

/// One attempt without an outcome is enough to know that the token may be spent, however many there were.
fn forget_all_but_the_last_given_up(attempts: &mut Vec<Attempt>, now: StoreTime) {
    let last = attempts.iter().map(|attempt| attempt.open_until).filter(|until| *until <= now).max();
    attempts.retain(|attempt| attempt.open_until > now || Some(attempt.open_until) == last);
}
