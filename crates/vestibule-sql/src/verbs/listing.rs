use vestibule_web::store::{Ended, PublicId, Scope, Stamped};

use crate::{
    engine::{Engine, Step},
    error::Failure,
};

use super::end_live;

pub(crate) async fn end_listed<E: Engine>(
    engine: &E,
    subject: &Scope,
    id: &PublicId,
) -> Result<Stamped<Ended>, Failure> {
    let mut step = engine.begin().await?;
    for key in step.listed(subject, id).await? {
        let found = step.find(&key).await?;
        let at = found.at;
        if found.live().is_ok_and(|record| record.subject == *subject) {
            end_live(&mut step, &key).await?;
            step.commit().await?;
            return Ok(Stamped { at, reply: Ended::Ended });
        }
    }
    Ok(Stamped { at: step.sight().await?.at, reply: Ended::Absent })
}
