use std::{sync::Arc, time::Duration};

use vestibule_web::store::{
    BeginAttempt, Commit, CommitRefresh, HolderId, Lease, NotLive, RefreshHash, Renew, SessionKey,
    SessionRecord, Stamped, StoreTime, transition,
};

use crate::{
    engine::{Engine, Fate},
    error::Failure,
};

pub(crate) async fn lease<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
    ttl: Duration,
) -> Result<Stamped<Lease>, Failure> {
    to_lease(engine, key, |record, now| transition::lease(record, now, holder, ttl)).await
}

pub(crate) async fn renew<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
    ttl: Duration,
) -> Result<Stamped<Renew>, Failure> {
    to_lease(engine, key, |record, now| transition::renew(record, now, holder, ttl)).await
}

pub(crate) async fn begin_attempt<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
    spent: RefreshHash,
    limit: Duration,
) -> Result<Stamped<BeginAttempt>, Failure> {
    to_lease(engine, key, |record, now| transition::begin_attempt(record, now, holder, spent, limit)).await
}

pub(crate) async fn release<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
) -> Result<Stamped<()>, Failure> {
    let Stamped { at, reply: _ } = to_lease(engine, key, |record, now| {
        transition::release(record, holder);
        // The reply of a verb that says as little.
        Renew::Renewed { until: now }
    })
    .await?;
    Ok(Stamped { at, reply: () })
}

pub(crate) async fn commit_refresh<E: Engine>(
    engine: &E,
    key: &SessionKey,
    commit: CommitRefresh,
) -> Result<Stamped<Commit>, Failure> {
    let decide = |mut record, _| {
        let reply = transition::commit_refresh(&mut record, commit.clone());
        let fate = match &reply {
            Commit::Committed(record) => Fate::Replaced(Arc::clone(record)),
            _ => Fate::Stays,
        };
        (reply, fate)
    };
    engine.change(key, decide).await
}

/// Does `verb` to the lease or the attempts of a live record.
async fn to_lease<E: Engine, R: From<NotLive> + Send>(
    engine: &E,
    key: &SessionKey,
    verb: impl Fn(&mut Arc<SessionRecord>, StoreTime) -> R + Send + Sync,
) -> Result<Stamped<R>, Failure> {
    let decide = |before: Arc<SessionRecord>, now| {
        let mut record = Arc::clone(&before);
        let reply = verb(&mut record, now);
        let fate = if Arc::ptr_eq(&record, &before) { Fate::Stays } else { Fate::Leased(record) };
        (reply, fate)
    };
    engine.change(key, decide).await
}
