use std::time::Duration;

use bytes::Bytes;

use crate::store::{
    CommitRefresh, HolderId, NewSession, PublicId, RefreshHash, Revocation, Scope, SessionKey, SessionStore,
    Stamped, StoreError,
};

use super::Reply;

/// What can be done to a store and to its model: the verbs, with what they take.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is named as the verb")]
pub enum Command {
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

impl Command {
    /// Does it to a store. The time is the store's.
    pub async fn run(self, store: &dyn SessionStore) -> Result<Stamped<Reply>, StoreError> {
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
