use bytes::Bytes;
use vestibule_web::store::{Change, Replace, SessionKey, Stamped, transition};

use crate::{
    engine::{Engine, Step},
    error::Failure,
};

pub(crate) async fn replace<E: Engine>(
    engine: &E,
    key: &SessionKey,
    version: u64,
    data: Bytes,
) -> Result<Stamped<Replace>, Failure> {
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let mut record = match found.live() {
        Ok(record) => record,
        Err(not_live) => return Ok(Stamped { at, reply: not_live.into() }),
    };
    let reply = transition::replace(&mut record, version, data);
    if let Replace::Replaced(record) = &reply {
        step.update(record).await?;
        step.tell(&Change::Replaced(*key)).await?;
        step.commit().await?;
    }
    Ok(Stamped { at, reply })
}
