use std::sync::Arc;

use bytes::Bytes;
use vestibule_web::store::{Replace, SessionKey, Stamped, transition};

use crate::{
    engine::{Engine, Fate},
    error::Failure,
};

pub(crate) async fn replace<E: Engine>(
    engine: &E,
    key: &SessionKey,
    version: u64,
    data: Bytes,
) -> Result<Stamped<Replace>, Failure> {
    let decide = |mut record, _| {
        let reply = transition::replace(&mut record, version, data.clone());
        let fate = match &reply {
            Replace::Replaced(record) => Fate::Replaced(Arc::clone(record)),
            _ => Fate::Stays,
        };
        (reply, fate)
    };
    engine.change(key, decide).await
}
