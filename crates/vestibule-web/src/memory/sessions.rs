use std::sync::Arc;

use bytes::Bytes;

use crate::store::{
    Change, ChangeCursor, Changes, Commit, CommitRefresh, EndIf, Ended, GoneReason, HolderId, Insert, Load,
    NewSession, NotLive, PublicId, RefreshHash, Replace, Retention, Revocation, Revoke, Scope, SessionKey,
    SessionRecord, SessionSummary, StoreError, StoreTime, transition,
};

use super::{
    builder::Limits,
    ledger::{Entered, Ledger},
    log::ChangeLog,
    reap::Step,
    records::Records,
};

/// Everything of one realm, as its lock protects it. Every verb is told the time.
#[derive(Debug)]
pub(super) struct Sessions {
    birth: StoreTime,
    limit: usize,
    pub(super) records: Records,
    pub(super) ledger: Ledger,
    log: ChangeLog,
}

impl Sessions {
    pub(super) fn new(birth: StoreTime, limits: Limits, retention: Retention) -> Self {
        Self {
            birth,
            limit: limits.sessions,
            records: Records::default(),
            ledger: Ledger::new(retention, limits.marks),
            log: ChangeLog::new(limits.log),
        }
    }

    pub(super) fn insert(
        &mut self,
        now: StoreTime,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Insert, StoreError> {
        if self.records.contains(&session.key) {
            return Ok(Insert::Occupied);
        }
        let record = transition::insert(session, now, self.ledger.retention());
        let refused = self.over(&record, now).is_some();
        let makes_room = ends.is_some_and(|ends| self.records.contains(&ends));
        if !refused && !makes_room {
            self.make_room(now)?;
        }
        if let Some(ends) = ends {
            self.end(now, &ends);
            self.records.remove(&ends);
        }
        if refused {
            return Ok(Insert::Refused);
        }
        let record = Arc::new(record);
        self.records.insert(Arc::clone(&record));
        Ok(Insert::Stored(record))
    }

    pub(super) fn load(&self, now: StoreTime, key: &SessionKey) -> Load {
        match self.live(now, key) {
            Ok(record) => Load::Live(Arc::clone(record)),
            Err(not_live) => not_live.into(),
        }
    }

    pub(super) fn replace(&mut self, now: StoreTime, key: &SessionKey, version: u64, data: Bytes) -> Replace {
        let reply = self.with_live(now, key, |record| transition::replace(record, version, data));
        if let Replace::Replaced(_) = reply {
            self.log.append(Change::Replaced(*key));
        }
        reply
    }

    /// Does `verb` to a live record; else tells why there is none.
    pub(super) fn with_live<R: From<NotLive>>(
        &mut self,
        now: StoreTime,
        key: &SessionKey,
        verb: impl FnOnce(&mut Arc<SessionRecord>) -> R,
    ) -> R {
        match self.live(now, key) {
            Ok(_) => self.records.get_mut(key).map_or_else(|| NotLive::Absent.into(), verb),
            Err(not_live) => not_live.into(),
        }
    }

    pub(super) fn release(&mut self, now: StoreTime, key: &SessionKey, holder: HolderId) {
        if self.live(now, key).is_ok()
            && let Some(record) = self.records.get_mut(key)
        {
            transition::release(record, holder);
        }
    }

    pub(super) fn commit_refresh(
        &mut self,
        now: StoreTime,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Commit {
        let reply = self.with_live(now, key, |record| transition::commit_refresh(record, commit));
        if let Commit::Committed(record) = &reply {
            self.records.reindex(key);
            if let Some(reason) = self.over(record, now) {
                self.remove(key);
                return Commit::Gone(reason);
            }
            self.log.append(Change::Replaced(*key));
        }
        reply
    }

    pub(super) fn end_if(
        &mut self,
        now: StoreTime,
        key: &SessionKey,
        holder: HolderId,
        refused: RefreshHash,
    ) -> EndIf {
        let reply = self.with_live(now, key, |record| transition::end_if(record, now, holder, refused));
        if let EndIf::Ended { .. } = reply {
            self.remove(key);
        }
        reply
    }

    pub(super) fn end(&mut self, now: StoreTime, key: &SessionKey) -> Ended {
        match self.live(now, key) {
            Ok(_) => {
                self.remove(key);
                Ended::Ended
            }
            Err(_) => Ended::Absent,
        }
    }

    pub(super) fn revoke(&mut self, now: StoreTime, revocation: Revocation) -> Result<Revoke, StoreError> {
        let spared = revocation.spare;
        let Entered { reply, struck: scopes } = self.ledger.enter(now, revocation)?;
        if let Revoke::Revoked { cutoff } = reply
            && !scopes.is_empty()
        {
            self.log.append(Change::Revoked { scopes, cutoff, spared });
        }
        Ok(reply)
    }

    pub(super) fn sessions_of(&self, now: StoreTime, subject: &Scope) -> Vec<SessionSummary> {
        let mut sessions: Vec<_> = self
            .live_of(now, subject)
            .map(|record| SessionSummary {
                id: record.public_id,
                created: record.created,
                last_seen: record.last_seen,
                absolute_end: record.absolute_end,
                label: record.label.clone(),
            })
            .collect();
        sessions.sort_by_key(|session| (session.created, session.id));
        sessions
    }

    pub(super) fn end_listed(&mut self, now: StoreTime, subject: &Scope, id: &PublicId) -> Ended {
        let listed = self.live_of(now, subject).find(|record| record.public_id == *id);
        match listed.map(|record| record.key) {
            Some(key) => self.end(now, &key),
            None => Ended::Absent,
        }
    }

    pub(super) fn changes(&self, from: ChangeCursor) -> Option<Changes> {
        self.log.since(from)
    }

    pub(super) fn log_end(&self) -> ChangeCursor {
        self.log.end()
    }

    pub(super) fn over(&self, record: &SessionRecord, now: StoreTime) -> Option<GoneReason> {
        if record.began < self.birth || self.ledger.covers(&record.key, &record.scopes, record.began) {
            return Some(GoneReason::Revoked);
        }
        transition::lapsed(record, now)
    }

    pub(super) fn is_covered(
        &self,
        now: StoreTime,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> bool {
        began < self.birth
            || now >= began.plus(self.ledger.retention().cutoffs)
            || self.ledger.covers(key, scopes, began)
    }

    fn live(&self, now: StoreTime, key: &SessionKey) -> Result<&Arc<SessionRecord>, NotLive> {
        let record = self.records.get(key).ok_or(NotLive::Absent)?;
        match self.over(record, now) {
            Some(reason) => Err(NotLive::Gone(reason)),
            None => Ok(record),
        }
    }

    fn live_of(&self, now: StoreTime, subject: &Scope) -> impl Iterator<Item = &Arc<SessionRecord>> {
        self.records
            .candidates(subject)
            .filter(move |record| record.subject == *subject && self.over(record, now).is_none())
    }

    fn remove(&mut self, key: &SessionKey) {
        if self.records.remove(key) {
            self.log.append(Change::Ended(*key));
        }
    }

    fn make_room(&mut self, now: StoreTime) -> Result<(), StoreError> {
        while self.records.len() >= self.limit {
            if self.reap_step(now) == Step::Nothing {
                return Err(StoreError::Full);
            }
        }
        Ok(())
    }
}
