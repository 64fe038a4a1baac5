use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{Session, revoke};
use crate::{
    SessionError,
    observe::{self, Ending},
    store::{Ended, PublicId, SessionSummary},
};

/// A session of the same user, as its user may see it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherSession {
    /// Its name in the list; opens nothing.
    pub id: String,
    /// Whether it is the very session that asks.
    pub is_current: bool,
    /// The browser it was made in, as that browser called itself.
    pub user_agent: Option<String>,
    /// How long ago it was made.
    pub age: Duration,
    /// How long ago it was last used, to within the interval at which use is noted.
    pub unused_for: Duration,
}

impl Session {
    /// The sessions of this user in this application, oldest first, this one included.
    ///
    /// # Errors
    /// [`SessionError::Store`]. [`SessionError::NeedsStore`] for a sealed session: nobody knows the others.
    pub async fn all_of_user(&self) -> Result<Vec<OtherSession>, SessionError> {
        self.needs_store()?;
        let record = self.record();
        let listed = self.0.engine.store.sessions_of(&record.subject).await?;
        let describe = |summary: SessionSummary| OtherSession {
            is_current: summary.id == record.public_id,
            id: BASE64_URL_SAFE_NO_PAD.encode(summary.id.as_bytes()),
            user_agent: String::from_utf8(summary.label.to_vec()).ok().filter(|label| !label.is_empty()),
            age: listed.at.since(summary.created),
            unused_for: listed.at.since(summary.last_seen),
        };
        Ok(listed.reply.into_iter().map(describe).collect())
    }

    /// Ends the session of this user that the list calls `id`; `false` when there is none.
    ///
    /// # Errors
    /// As for [`all_of_user`](Self::all_of_user).
    pub async fn end_listed(&self, id: &str) -> Result<bool, SessionError> {
        self.needs_store()?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| bytes.try_into().ok());
        let Some(id) = bytes.map(PublicId::from_bytes) else { return Ok(false) };
        let ended = self.0.engine.store.end_listed(&self.record().subject, &id).await?;
        let is_ended = ended.reply == Ended::Ended;
        if is_ended {
            observe::session_ended(Ending::Listed);
        }
        Ok(is_ended)
    }

    /// Ends every session of this user in this application but this one.
    ///
    /// # Errors
    /// [`SessionError::Store`]: they have ended in this process all the same, and end everywhere as soon as the store can be
    /// reached. [`SessionError::NeedsStore`] for a sealed session without a store for its logouts.
    pub async fn end_all_others(&self) -> Result<(), SessionError> {
        if self.0.engine.sealed.as_ref().is_some_and(|sealed| !sealed.hears_logouts) {
            return Err(SessionError::NeedsStore);
        }
        let engine = &self.0.engine;
        let scopes = vec![engine.realm.others_of_subject(self.subject())];
        revoke(engine, scopes, Some(self.0.key)).await.map_err(SessionError::from)
    }
}
