use bytes::Bytes;
use redis::Cmd;
use vestibule_web::store::{Ended, PublicId, Scope, SessionKey, SessionSummary, Stamped, StoreError};

use super::{Sessions, caller::Again};
use crate::{error::Failure, format, script};

/// How often a list is begun anew when sessions come while it is made.
const TRIES: usize = 5;

/// A session in its subject's index: its key, then its public id.
pub(super) struct Member(Vec<u8>);

impl Member {
    pub(super) fn key(&self) -> Option<SessionKey> {
        self.0.first_chunk().map(|key| SessionKey::from_bytes(*key))
    }

    pub(super) fn is_called(&self, id: &PublicId) -> bool {
        self.0.ends_with(id.as_bytes())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Sessions {
    pub(super) async fn list(&self, subject: &Scope) -> Result<Stamped<Vec<SessionSummary>>, StoreError> {
        for _ in 0..TRIES {
            let members = self.index(subject, 0, -1).await?;
            let mut call = self.call_on_cutoffs().key(&self.keys.index(subject)).arg(subject.as_bytes());
            for member in &members {
                let key = member.key().ok_or(StoreError::Corrupt)?;
                call = call.key(&self.keys.record(&key)).arg(member.as_bytes());
            }
            let mut reply = self.ask(&script::SESSIONS_OF, &call, Again::Yes).await?;
            match &reply.word[..] {
                b"listed" => {
                    let mut sessions = summaries(&reply.all_bytes()?)?;
                    sessions.sort_by_key(|session| (session.created, session.id));
                    return Ok(Stamped { at: reply.at, reply: sessions });
                }
                b"again" => {}
                _ => return Err(StoreError::Corrupt),
            }
        }
        Err(StoreError::TimedOut)
    }

    pub(super) async fn end_by_name(
        &self,
        subject: &Scope,
        id: &PublicId,
    ) -> Result<Stamped<Ended>, StoreError> {
        let members = self.index(subject, 0, -1).await?;
        match members.iter().find(|member| member.is_called(id)).and_then(Member::key) {
            Some(key) => self.end_session(&key, Some((subject, id))).await,
            None => Ok(Stamped { at: self.tell_time().await?, reply: Ended::Absent }),
        }
    }

    /// The sessions of a subject from the first to the last of these places, and some that are no more.
    pub(super) async fn index(
        &self,
        subject: &Scope,
        first: usize,
        last: isize,
    ) -> Result<Vec<Member>, StoreError> {
        let mut range = Cmd::new();
        range.arg("ZRANGE").arg(self.keys.index(subject)).arg(first).arg(last);
        let server = self.link.server().await?;
        let members: Vec<Vec<u8>> = server.ask(&range).await.map_err(|error| {
            let failure = Failure::from(error);
            if failure.ends_connection {
                self.link.lost(&server);
            }
            failure.error
        })?;
        Ok(members.into_iter().map(Member).collect())
    }
}

fn summaries(fields: &[Bytes]) -> Result<Vec<SessionSummary>, StoreError> {
    let pairs = fields.chunks_exact(2).map(|pair| match pair {
        [fixed, moving] => format::summary(fixed, moving),
        _ => Err(StoreError::Corrupt),
    });
    pairs.collect()
}
