//! What a session store is, as plainly as it can be said: records, and every logout that was ever heard. Nothing is
//! forgotten here, so a store that forgets what matters is found out.

use std::{collections::BTreeMap, sync::Arc};

use crate::store::{
    Attempt, BeginAttempt, Change, Commit, EndIf, Ended, GoneReason, Insert, Lease, LeaseHolder, Load,
    NotLive, Renew, Replace, Retention, Scope, SessionKey, SessionRecord, SessionSummary, StoreTime, Touch,
};

use super::{Command, Reply, heard::Heard};

/// The reference: what a store must answer, by the shortest way to find out.
#[derive(Debug)]
pub struct Model {
    birth: StoreTime,
    retention: Retention,
    records: BTreeMap<SessionKey, SessionRecord>,
    heard: Heard,
    /// What [`changes`](crate::store::SessionStore::changes) must have told.
    pub log: Vec<Change>,
}

impl Model {
    /// A store that came into being at this moment.
    pub fn new(birth: StoreTime, retention: Retention) -> Self {
        Self { birth, retention, records: BTreeMap::new(), heard: Heard::new(retention), log: Vec::new() }
    }

    /// What the store must reply to `command` at this moment.
    pub fn apply(&mut self, command: Command, now: StoreTime) -> Reply {
        match command {
            Command::Insert(new, ends) => {
                let mut record = SessionRecord {
                    key: new.key,
                    public_id: new.public_id,
                    subject: new.subject,
                    scopes: new.scopes,
                    began: new.began.min(now),
                    created: now,
                    last_seen: now,
                    idle_end: now.plus(new.idle),
                    absolute_end: now.plus(new.absolute),
                    label: new.label,
                    grant: new.grant,
                    refresh: new.refresh,
                    grant_version: 0,
                    data: new.data,
                    version: 0,
                    lease: None,
                    attempts: Vec::new(),
                };
                record.absolute_end = record.absolute_end.min(record.began.plus(self.retention.cutoffs));
                record.idle_end = record.idle_end.min(record.absolute_end);
                if self.records.contains_key(&new.key) {
                    return Reply::Insert(Insert::Occupied);
                }
                if let Some(ends) = ends {
                    self.end(ends, now);
                }
                if self.over(&record, now).is_some() {
                    return Reply::Insert(Insert::Refused);
                }
                self.records.insert(new.key, record.clone());
                Reply::Insert(Insert::Stored(Arc::new(record)))
            }
            Command::Load(key) => Reply::Load(self.with(key, now, |record| Load::Live(shown(record)))),
            Command::Touch(key, idle) => Reply::Touch(self.with(key, now, |record| {
                record.last_seen = now;
                record.idle_end = record.idle_end.max(now.plus(idle).min(record.absolute_end));
                Touch::Touched { idle_end: record.idle_end }
            })),
            Command::Replace(key, version, data) => {
                let reply = self.with(key, now, |record| {
                    if record.version != version {
                        return Replace::Conflict(shown(record));
                    }
                    (record.version, record.data) = (version + 1, data);
                    Replace::Replaced(shown(record))
                });
                if let Replace::Replaced(_) = reply {
                    self.log.push(Change::Replaced(key));
                }
                Reply::Replace(reply)
            }
            Command::Lease(key, holder, ttl) => Reply::Lease(self.with(key, now, |record| {
                if let Some(held) = record.lease.filter(|held| held.holder != holder && held.until > now) {
                    return Lease::Held { until: held.until };
                }
                record.lease = Some(LeaseHolder { holder, until: now.plus(ttl) });
                Lease::Leased(shown(record))
            })),
            Command::Renew(key, holder, ttl) => Reply::Renew(self.with(key, now, |record| {
                let until = now.plus(ttl);
                match &mut record.lease {
                    Some(held) if held.holder == holder && held.until > now => {
                        held.until = until;
                        Renew::Renewed { until }
                    }
                    _ => Renew::Lost,
                }
            })),
            Command::Release(key, holder) => {
                self.with(key, now, |record| {
                    record.lease = record.lease.filter(|held| held.holder != holder);
                    record.attempts.retain(|attempt| attempt.holder != holder);
                    Load::Absent
                });
                Reply::Done
            }
            Command::BeginAttempt(key, holder, spent, limit) => {
                Reply::BeginAttempt(self.with(key, now, |record| {
                    if record.refresh != Some(spent) {
                        return BeginAttempt::Superseded(shown(record));
                    }
                    if !record.lease.is_some_and(|held| held.holder == holder && held.until > now) {
                        return BeginAttempt::Lost;
                    }
                    let repeats = record.attempts.iter().any(|attempt| attempt.holder != holder);
                    record.attempts.retain(|attempt| attempt.holder != holder);
                    record.attempts.push(Attempt { holder, spent, open_until: now.plus(limit) });
                    BeginAttempt::Begun { repeats }
                }))
            }
            Command::Commit(key, commit) => {
                let reply = self.with(key, now, |record| {
                    if record.refresh != Some(commit.spent) {
                        return Commit::Superseded(shown(record));
                    }
                    record.grant = commit.grant;
                    record.refresh = commit.refresh;
                    record.grant_version += 1;
                    for scope in commit.listen {
                        if !record.scopes.contains(&scope) {
                            record.scopes.push(scope);
                        }
                    }
                    record.lease = None;
                    record.attempts.clear();
                    Commit::Committed(shown(record))
                });
                match &reply {
                    Commit::Committed(record) if self.over(record, now).is_some() => {
                        self.remove(key);
                        Reply::Commit(Commit::Gone(GoneReason::Revoked))
                    }
                    Commit::Committed(_) => {
                        self.log.push(Change::Replaced(key));
                        Reply::Commit(reply)
                    }
                    _ => Reply::Commit(reply),
                }
            }
            Command::EndIf(key, holder, refused) => {
                let reply = self.with(key, now, |record| {
                    if record.refresh != Some(refused) {
                        return EndIf::Superseded(shown(record));
                    }
                    let others = record.attempts.iter().filter(|attempt| attempt.holder != holder);
                    let open = others.clone().map(|attempt| attempt.open_until).filter(|until| *until > now);
                    match open.max() {
                        Some(until) => EndIf::Open { until },
                        None => EndIf::Ended { uncertain: others.count() > 0 },
                    }
                });
                if let EndIf::Ended { .. } = reply {
                    self.remove(key);
                }
                Reply::EndIf(reply)
            }
            Command::End(key) => Reply::Ended(self.end(key, now)),
            Command::Revoke(revocation) => {
                let (reply, news) = self.heard.revoke(revocation, now);
                self.log.extend(news);
                Reply::Revoke(reply)
            }
            Command::SessionsOf(subject) => Reply::Listed(self.listed(subject, now)),
            Command::EndListed(subject, id) => {
                let listed = self.records.values().find(|record| {
                    record.subject == subject && record.public_id == id && self.over(record, now).is_none()
                });
                let key = listed.map(|record| record.key);
                Reply::Ended(key.map_or(Ended::Absent, |key| self.end(key, now)))
            }
            Command::Reap(_) => Reply::Done,
        }
    }

    /// Whether there is a live session under the key.
    pub fn is_live(&self, key: SessionKey, now: StoreTime) -> bool {
        self.records.get(&key).is_some_and(|record| self.over(record, now).is_none())
    }

    fn over(&self, record: &SessionRecord, now: StoreTime) -> Option<GoneReason> {
        let covered = record.scopes.iter().any(|scope| self.heard.struck(*scope, record.key, record.began));
        if covered || record.began < self.birth {
            Some(GoneReason::Revoked)
        } else if record.absolute_end <= now {
            Some(GoneReason::Expired)
        } else {
            (record.idle_end <= now).then_some(GoneReason::Idle)
        }
    }

    fn with<R: From<NotLive>>(
        &mut self,
        key: SessionKey,
        now: StoreTime,
        verb: impl FnOnce(&mut SessionRecord) -> R,
    ) -> R {
        let over = self.records.get(&key).map(|record| self.over(record, now));
        match (over, self.records.get_mut(&key)) {
            (Some(None), Some(record)) => verb(record),
            (Some(Some(reason)), _) => NotLive::Gone(reason).into(),
            _ => NotLive::Absent.into(),
        }
    }

    fn end(&mut self, key: SessionKey, now: StoreTime) -> Ended {
        if !self.is_live(key, now) {
            return Ended::Absent;
        }
        self.remove(key);
        Ended::Ended
    }

    fn remove(&mut self, key: SessionKey) {
        self.records.remove(&key);
        self.log.push(Change::Ended(key));
    }

    fn listed(&self, subject: Scope, now: StoreTime) -> Vec<SessionSummary> {
        let mut listed: Vec<_> = self
            .records
            .values()
            .filter(|record| record.subject == subject && self.over(record, now).is_none())
            .map(|record| SessionSummary {
                id: record.public_id,
                created: record.created,
                last_seen: record.last_seen,
                absolute_end: record.absolute_end,
                label: record.label.clone(),
            })
            .collect();
        listed.sort_by_key(|session| (session.created, session.id));
        listed
    }
}

fn shown(record: &SessionRecord) -> Arc<SessionRecord> {
    Arc::new(record.clone())
}
