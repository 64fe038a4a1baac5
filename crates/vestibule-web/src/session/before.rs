use std::sync::Arc;

use bytes::Bytes;

use super::{PublicGrant, Visit, Visitor, grant};
use crate::{
    SessionError,
    engine::Engine,
    http::RequestHead,
    store::{Load, Scope, SessionKey, SessionRecord},
};

/// The session of a user who has just logged in once more: what the new one takes along (checklist C21, C22).
pub(crate) struct Before {
    /// The application's own data.
    pub(crate) data: Bytes,
    pub(super) public: PublicGrant,
}

impl Before {
    /// `None` when it has ended meanwhile, or is another user's. `replaces` names it where the answer comes without the
    /// session's cookie; a sealed session cannot be had then.
    pub(crate) async fn find(
        engine: &Arc<Engine>,
        head: &RequestHead<'_>,
        replaces: Option<SessionKey>,
        subject: &Scope,
    ) -> Result<Option<Self>, SessionError> {
        let record = match (Visit::open(engine, head).visitor().await?, replaces) {
            (Visitor::SignedIn(session), _) => Some(session.record()),
            (Visitor::Anonymous, Some(key)) if engine.sealed.is_none() => {
                match engine.store.load(&key).await?.reply {
                    Load::Live(record) => Some(record),
                    Load::Gone(_) | Load::Absent => None,
                }
            }
            (Visitor::Anonymous, _) => None,
        };
        Ok(record.filter(|record| record.subject == *subject).and_then(|record| Self::of(&record)))
    }

    fn of(record: &SessionRecord) -> Option<Self> {
        Some(Self { data: record.data.clone(), public: grant::public(&record.grant)? })
    }
}
