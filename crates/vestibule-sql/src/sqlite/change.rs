use std::sync::Arc;

use vestibule_web::store::{Change, GoneReason, NotLive, SessionKey, SessionRecord, Stamped, StoreTime};

use crate::{engine::Fate, error::Failure};

use super::{engine::SqliteEngine, step::SqliteStep};

pub(super) async fn change<R: From<NotLive>>(
    engine: &SqliteEngine,
    key: &SessionKey,
    decide: impl Fn(Arc<SessionRecord>, StoreTime) -> (R, Fate) + Send + Sync,
) -> Result<Stamped<R>, Failure> {
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let before = match found.live() {
        Ok(before) => before,
        Err(not_live) => return Ok(Stamped { at, reply: not_live.into() }),
    };
    let (reply, fate) = decide(Arc::clone(&before), at);
    let reply = match fate {
        Fate::Stays => return Ok(Stamped { at, reply }),
        Fate::Leased(record) => {
            step.update_lease(&record).await?;
            reply
        }
        Fate::Replaced(record) if learned_a_struck_scope(&mut step, &before, &record).await? => {
            end(&mut step, key).await?;
            NotLive::Gone(GoneReason::Revoked).into()
        }
        Fate::Replaced(record) => {
            step.update(&record).await?;
            step.tell(&Change::Replaced(*key)).await?;
            reply
        }
        Fate::Ends => {
            end(&mut step, key).await?;
            reply
        }
    };
    step.commit().await?;
    Ok(Stamped { at, reply })
}

async fn learned_a_struck_scope(
    step: &mut SqliteStep,
    before: &SessionRecord,
    record: &SessionRecord,
) -> Result<bool, Failure> {
    Ok(record.scopes != before.scopes && step.covers(&record.key, &record.scopes, record.began).await?)
}

async fn end(step: &mut SqliteStep, key: &SessionKey) -> Result<(), Failure> {
    step.delete(key).await?;
    step.tell(&Change::Ended(*key)).await
}
