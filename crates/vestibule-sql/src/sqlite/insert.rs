use std::sync::Arc;

use vestibule_web::store::{Change, Insert, NewSession, SessionKey, SessionRecord, Stamped, transition};

use crate::error::Failure;

use super::{engine::SqliteEngine, step::SqliteStep};

pub(super) async fn insert(
    engine: &SqliteEngine,
    session: NewSession,
    ends: Option<SessionKey>,
) -> Result<Stamped<Insert>, Failure> {
    let mut step = engine.begin().await?;
    let at = step.sight.at;
    // Nothing is under the new key, or it is occupied.
    let ends = ends.filter(|ends| *ends != session.key);
    let record = transition::insert(session, at, step.sight.retention);
    let reply = if over(&mut step, &record).await? {
        if step.exists(&record.key).await? { Insert::Occupied } else { Insert::Refused }
    } else if step.insert(&record).await? {
        Insert::Stored(Arc::new(record))
    } else {
        Insert::Occupied
    };
    if reply != Insert::Occupied {
        if let Some(ends) = ends {
            make_absent(&mut step, &ends).await?;
        }
        step.commit().await?;
    }
    Ok(Stamped { at, reply })
}

async fn over(step: &mut SqliteStep, record: &SessionRecord) -> Result<bool, Failure> {
    Ok(record.began < step.sight.birth
        || transition::lapsed(record, step.sight.at).is_some()
        || step.covers(&record.key, &record.scopes, record.began).await?)
}

/// Leaves nothing under the key, and tells it if that was a live session.
async fn make_absent(step: &mut SqliteStep, key: &SessionKey) -> Result<(), Failure> {
    let found = step.find(key).await?;
    if found.stored.is_none() {
        return Ok(());
    }
    step.delete(key).await?;
    if found.live().is_ok() {
        step.tell(&Change::Ended(*key)).await?;
    }
    Ok(())
}
