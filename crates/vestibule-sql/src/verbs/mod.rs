//! The verbs, made of the steps of an [`Engine`](crate::engine::Engine).

mod changes;
mod ending;
mod inserting;
mod listing;
mod reaping;
mod refreshing;
mod replacing;
mod revoking;

use std::sync::Arc;

use vestibule_web::store::{Change, NotLive, SessionKey, SessionRecord, Stamped, StoreTime};

pub(crate) use self::{
    changes::changes,
    ending::{end, end_if},
    inserting::insert,
    listing::end_listed,
    reaping::reap,
    refreshing::{begin_attempt, commit_refresh, lease, release, renew},
    replacing::replace,
    revoking::revoke,
};

use crate::{
    engine::{Engine, Step},
    error::Failure,
};

/// Does `verb` to the lease or the attempts of a live record.
async fn to_lease<E: Engine, R: From<NotLive>>(
    engine: &E,
    key: &SessionKey,
    verb: impl FnOnce(&mut Arc<SessionRecord>, StoreTime) -> R + Send,
) -> Result<Stamped<R>, Failure> {
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let reply = match found.live() {
        Ok(before) => {
            let mut record = Arc::clone(&before);
            let reply = verb(&mut record, at);
            if !Arc::ptr_eq(&record, &before) {
                step.update_lease(&record).await?;
                step.commit().await?;
            }
            reply
        }
        Err(not_live) => not_live.into(),
    };
    Ok(Stamped { at, reply })
}

/// Deletes a live record and tells it.
async fn end_live(step: &mut impl Step, key: &SessionKey) -> Result<(), Failure> {
    step.delete(key).await?;
    step.tell(&Change::Ended(*key)).await
}
