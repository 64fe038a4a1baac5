use std::time::Duration;

use vestibule_web::store::{
    BeginAttempt, Change, Commit, CommitRefresh, GoneReason, HolderId, Lease, RefreshHash, Renew, SessionKey,
    Stamped, transition,
};

use crate::{
    engine::{Engine, Step},
    error::Failure,
};

use super::{end_live, to_lease};

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
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let mut record = match found.live() {
        Ok(record) => record,
        Err(not_live) => return Ok(Stamped { at, reply: not_live.into() }),
    };
    let listened = record.scopes.len();
    let mut reply = transition::commit_refresh(&mut record, commit);
    if let Commit::Committed(record) = &reply {
        let learned = record.scopes.len() > listened;
        if learned && step.covers(key, &record.scopes, record.began).await? {
            end_live(&mut step, key).await?;
            reply = Commit::Gone(GoneReason::Revoked);
        } else {
            step.update(record).await?;
            step.tell(&Change::Replaced(*key)).await?;
        }
        step.commit().await?;
    }
    Ok(Stamped { at, reply })
}
