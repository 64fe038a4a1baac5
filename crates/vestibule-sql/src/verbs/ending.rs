use vestibule_web::store::{
    EndIf, Ended, HolderId, PublicId, RefreshHash, Scope, SessionKey, Stamped, transition,
};

use crate::{
    engine::{Engine, Fate},
    error::Failure,
};

pub(crate) async fn end<E: Engine>(engine: &E, key: &SessionKey) -> Result<Stamped<Ended>, Failure> {
    engine.change(key, |_, _| (Ended::Ended, Fate::Ends)).await
}

pub(crate) async fn end_if<E: Engine>(
    engine: &E,
    key: &SessionKey,
    holder: HolderId,
    refused: RefreshHash,
) -> Result<Stamped<EndIf>, Failure> {
    let decide = |record, now| {
        let reply = transition::end_if(&record, now, holder, refused);
        let fate = if let EndIf::Ended { .. } = reply { Fate::Ends } else { Fate::Stays };
        (reply, fate)
    };
    engine.change(key, decide).await
}

pub(crate) async fn end_listed<E: Engine>(
    engine: &E,
    subject: &Scope,
    id: &PublicId,
) -> Result<Stamped<Ended>, Failure> {
    for key in engine.listed(subject, id).await? {
        let ended = end(engine, &key).await?;
        if ended.reply == Ended::Ended {
            return Ok(ended);
        }
    }
    Ok(Stamped { at: engine.now().await?, reply: Ended::Absent })
}
