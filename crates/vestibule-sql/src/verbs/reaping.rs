use vestibule_web::store::{Reaped, Stamped};

use crate::{engine::Engine, error::Failure};

/// How many rows one step deletes, while others may wait for it.
const BATCH: u32 = 256;

pub(crate) async fn reap<E: Engine>(engine: &E, limit: usize) -> Result<Stamped<Reaped>, Failure> {
    let mut removed = 0_usize;
    loop {
        let batch = u32::try_from(limit.saturating_sub(removed)).unwrap_or(BATCH).min(BATCH);
        let Stamped { at, reply: deleted } = engine.reap(batch).await?;
        removed = removed.saturating_add(deleted as usize);
        let more = deleted >= batch;
        if !more || removed >= limit {
            return Ok(Stamped { at, reply: Reaped { removed, more } });
        }
    }
}
