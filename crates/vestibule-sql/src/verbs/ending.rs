use vestibule_web::store::{EndIf, Ended, HolderId, RefreshHash, SessionKey, Stamped, transition};

use crate::{
    engine::{Engine, Step},
    error::Failure,
};

use super::end_live;

pub(crate) async fn end<E: Engine>(engine: &E, key: &SessionKey) -> Result<Stamped<Ended>, Failure> {
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let reply = match found.live() {
        Ok(_) => {
            end_live(&mut step, key).await?;
            step.commit().await?;
            Ended::Ended
        }
        Err(_) => Ended::Absent,
    };
    Ok(Stamped { at, reply })
}

pub(crate) async fn end_if<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
    refused: RefreshHash,
) -> Result<Stamped<EndIf>, Failure> {
    let mut step = engine.begin().await?;
    let found = step.find(key).await?;
    let at = found.at;
    let reply = match found.live() {
        Ok(record) => transition::end_if(&record, at, holder, refused),
        Err(not_live) => not_live.into(),
    };
    if let EndIf::Ended { .. } = reply {
        end_live(&mut step, key).await?;
        step.commit().await?;
    }
    Ok(Stamped { at, reply })
}
