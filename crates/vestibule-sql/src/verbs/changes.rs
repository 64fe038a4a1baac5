use std::{pin::pin, time::Duration};

use tokio::time::{Instant, timeout};
use vestibule_web::store::{ChangeCursor, Changes, Stamped};

use crate::{
    engine::{Engine, Told},
    error::Failure,
};

pub(crate) async fn changes<E: Engine>(
    engine: &E,
    from: ChangeCursor,
    patience: Duration,
) -> Result<Stamped<Changes>, Failure> {
    let until = Instant::now().checked_add(patience);
    loop {
        let mut news = pin!(engine.news().notified());
        news.as_mut().enable();
        let Stamped { at, reply } = engine.log_after(from).await?;
        if let Some(reply) = since(from, reply) {
            return Ok(Stamped { at, reply });
        }
        let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return Ok(Stamped { at, reply: Changes::Entries { entries: Vec::new(), next: from } });
        }
        let _ = timeout(left.min(engine.glance()), news).await;
    }
}

/// What there is to tell whoever read up to `from`, if there is anything.
fn since(from: ChangeCursor, told: Told) -> Option<Changes> {
    let Told { end, first, entries } = told;
    if from.position() == end {
        return None;
    }
    if entries.is_empty() || first != from.position().saturating_add(1) {
        return Some(Changes::Lagged { next: ChangeCursor::from_position(end) });
    }
    let next = ChangeCursor::from_position(from.position().saturating_add(entries.len() as u64));
    Some(Changes::Entries { entries, next })
}
