use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use vestibule_web::store::{
    BeginAttempt, Commit, CommitRefresh, EndIf, Ended, HolderId, Insert, Lease, Load, LogoutId, NewSession,
    PublicId, Realm, RefreshHash, Renew, Replace, Retention, Revocation, Revoke, Scope, SessionKey,
    SessionRecord, SessionStore, SessionSummary, Stamped, StoreError, StoreTime, Touch,
};

/// What the tests do to a store and to its model.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Insert(Box<NewSession>, Option<SessionKey>),
    Load(SessionKey),
    Touch(SessionKey, Duration),
    Replace(SessionKey, u64, Bytes),
    Lease(SessionKey, HolderId, Duration),
    Renew(SessionKey, HolderId, Duration),
    Release(SessionKey, HolderId),
    BeginAttempt(SessionKey, HolderId, RefreshHash, Duration),
    Commit(SessionKey, CommitRefresh),
    EndIf(SessionKey, HolderId, RefreshHash),
    End(SessionKey),
    Revoke(Revocation),
    SessionsOf(Scope),
    EndListed(Scope, PublicId),
    Reap(usize),
}

/// What came of it, as far as two stores that keep their promises must agree.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Insert(Insert),
    Load(Load),
    Touch(Touch),
    Replace(Replace),
    Lease(Lease),
    Renew(Renew),
    BeginAttempt(BeginAttempt),
    Commit(Commit),
    EndIf(EndIf),
    Ended(Ended),
    Revoke(Revoke),
    Listed(Vec<SessionSummary>),
    Done,
}

impl Command {
    /// Does it to a store. The time is the store's.
    pub(crate) async fn run(self, store: &dyn SessionStore) -> Result<Stamped<Reply>, StoreError> {
        fn stamped<T>(answer: Stamped<T>, reply: impl FnOnce(T) -> Reply) -> Stamped<Reply> {
            Stamped { at: answer.at, reply: reply(answer.reply) }
        }
        Ok(match self {
            Self::Insert(session, ends) => stamped(store.insert(*session, ends).await?, Reply::Insert),
            Self::Load(key) => stamped(store.load(&key).await?, Reply::Load),
            Self::Touch(key, idle) => stamped(store.touch(&key, idle).await?, Reply::Touch),
            Self::Replace(key, version, data) => {
                stamped(store.replace(&key, version, data).await?, Reply::Replace)
            }
            Self::Lease(key, holder, ttl) => stamped(store.lease(&key, &holder, ttl).await?, Reply::Lease),
            Self::Renew(key, holder, ttl) => stamped(store.renew(&key, &holder, ttl).await?, Reply::Renew),
            Self::Release(key, holder) => stamped(store.release(&key, &holder).await?, |()| Reply::Done),
            Self::BeginAttempt(key, holder, spent, limit) => {
                stamped(store.begin_attempt(&key, &holder, &spent, limit).await?, Reply::BeginAttempt)
            }
            Self::Commit(key, commit) => stamped(store.commit_refresh(&key, commit).await?, Reply::Commit),
            Self::EndIf(key, holder, refused) => {
                stamped(store.end_if(&key, &holder, &refused).await?, Reply::EndIf)
            }
            Self::End(key) => stamped(store.end(&key).await?, Reply::Ended),
            Self::Revoke(revocation) => stamped(store.revoke(revocation).await?, Reply::Revoke),
            Self::SessionsOf(subject) => stamped(store.sessions_of(&subject).await?, Reply::Listed),
            Self::EndListed(subject, id) => stamped(store.end_listed(&subject, &id).await?, Reply::Ended),
            Self::Reap(limit) => stamped(store.reap(limit).await?, |_| Reply::Done),
        })
    }
}

impl Reply {
    /// Without what a store may do one way or the other: to show or to have deleted what has ended, and to remember
    /// attempts that were given up.
    pub(crate) fn essence(self) -> Self {
        let record = |mut record: Arc<SessionRecord>| {
            Arc::make_mut(&mut record).attempts.clear();
            record
        };
        match self {
            Self::Insert(Insert::Stored(it)) => Self::Insert(Insert::Stored(record(it))),
            Self::Load(Load::Live(it)) => Self::Load(Load::Live(record(it))),
            Self::Load(Load::Gone(_)) => Self::Load(Load::Absent),
            Self::Touch(Touch::Gone(_)) => Self::Touch(Touch::Absent),
            Self::Replace(Replace::Replaced(it)) => Self::Replace(Replace::Replaced(record(it))),
            Self::Replace(Replace::Conflict(it)) => Self::Replace(Replace::Conflict(record(it))),
            Self::Replace(Replace::Gone(_)) => Self::Replace(Replace::Absent),
            Self::Lease(Lease::Leased(it)) => Self::Lease(Lease::Leased(record(it))),
            Self::Lease(Lease::Gone(_)) => Self::Lease(Lease::Absent),
            Self::Renew(Renew::Gone(_)) => Self::Renew(Renew::Absent),
            Self::BeginAttempt(BeginAttempt::Superseded(it)) => {
                Self::BeginAttempt(BeginAttempt::Superseded(record(it)))
            }
            Self::BeginAttempt(BeginAttempt::Gone(_)) => Self::BeginAttempt(BeginAttempt::Absent),
            Self::Commit(Commit::Committed(it)) => Self::Commit(Commit::Committed(record(it))),
            Self::Commit(Commit::Superseded(it)) => Self::Commit(Commit::Superseded(record(it))),
            Self::Commit(Commit::Gone(_)) => Self::Commit(Commit::Absent),
            Self::EndIf(EndIf::Superseded(it)) => Self::EndIf(EndIf::Superseded(record(it))),
            Self::EndIf(EndIf::Gone(_)) => Self::EndIf(EndIf::Absent),
            same => same,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Insert(it) => it.fmt(f),
            Self::Load(it) => it.fmt(f),
            Self::Touch(it) => it.fmt(f),
            Self::Replace(it) => it.fmt(f),
            Self::Lease(it) => it.fmt(f),
            Self::Renew(it) => it.fmt(f),
            Self::BeginAttempt(it) => it.fmt(f),
            Self::Commit(it) => it.fmt(f),
            Self::EndIf(it) => it.fmt(f),
            Self::Ended(it) => it.fmt(f),
            Self::Revoke(it) => it.fmt(f),
            Self::Listed(it) => it.fmt(f),
            Self::Done => f.write_str("Done"),
        }
    }
}

/// The realm that all tests here play in.
pub(crate) fn realm() -> Realm {
    Realm::new("https://acme.example", "dashboard")
}

/// Short, so that runs of a minute reach beyond it.
pub(crate) const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(60), logout_ids: Duration::from_secs(15) };

/// A session of `sub` that listens to what a login listens to.
pub(crate) fn session(number: u8, sub: &str, sid: Option<&str>, began: StoreTime) -> NewSession {
    let (realm, key) = (realm(), key(number));
    let mut scopes =
        vec![realm.everything(), realm.subject(sub), realm.others_of_subject(sub), realm.session(&key)];
    match sid {
        Some(sid) => scopes.extend([realm.sid(sid), realm.sid_of_subject(sid, sub)]),
        None => scopes.push(realm.subject_without_sid(sub)),
    }
    NewSession {
        key,
        public_id: PublicId::from_bytes([number; 16]),
        subject: realm.subject(sub),
        scopes,
        began,
        idle: Duration::from_secs(20),
        absolute: Duration::from_secs(40),
        label: Bytes::new(),
        grant: Bytes::from_static(b"grant"),
        refresh: Some(token(0)),
        data: Bytes::new(),
    }
}

pub(crate) fn key(number: u8) -> SessionKey {
    SessionKey::from_bytes([number; 32])
}

pub(crate) fn token(number: u8) -> RefreshHash {
    RefreshHash::from_bytes([number; 32])
}

pub(crate) fn holder(number: u8) -> HolderId {
    HolderId::from_bytes([number; 16])
}

pub(crate) fn jti(number: u8) -> LogoutId {
    realm().logout_id(&format!("jti-{number}"))
}

/// The outcome of a refresh that spent token `from` and brought token `to`.
pub(crate) fn rotation(number: u8, from: u8, to: u8) -> CommitRefresh {
    CommitRefresh {
        holder: holder(number),
        spent: token(from),
        grant: Bytes::from(format!("grant {to}")),
        refresh: Some(token(to)),
        listen: Vec::new(),
    }
}

/// A logout heard now.
pub(crate) fn logout(scopes: Vec<Scope>) -> Revocation {
    Revocation { scopes, heard: None, logout: None, spare: None }
}
