use std::time::Duration;

use bytes::Bytes;
use vestibule_web::store::{
    Insert, Load, NewSession, RefreshHash, Replace, Scope, SessionKey, Stamped, StoreError, StoreTime, Touch,
};

use super::{Sessions, caller::Again};
use crate::script;

impl Sessions {
    pub(super) async fn tell_time(&self) -> Result<StoreTime, StoreError> {
        Ok(self.ask(&script::NOW, &self.call(), Again::Yes).await?.at)
    }

    pub(super) async fn insert_session(
        &self,
        session: NewSession,
        ends: Option<SessionKey>,
    ) -> Result<Stamped<Insert>, StoreError> {
        let mut call = self
            .call_that_tells()
            .key(&self.keys.record(&session.key))
            .key(&self.keys.index(&session.subject))
            .arg(session.key.as_bytes())
            .arg(session.public_id.as_bytes())
            .arg(session.subject.as_bytes())
            .arg(&joined(&session.scopes))
            .time(session.began)
            .span(session.idle)
            .span(session.absolute)
            .arg(&session.label)
            .arg(&session.grant)
            .maybe(session.refresh.as_ref().map(RefreshHash::as_bytes))
            .arg(&session.data);
        if let Some(ends) = ends {
            call = call.key(&self.keys.record(&ends)).arg(ends.as_bytes());
        }
        let mut reply = match self.write(&script::INSERT, &call).await {
            Err(StoreError::NotReplicated) => {
                // Nobody will get its cookie.
                let _ = self.end_session(&session.key, None).await;
                return Err(StoreError::NotReplicated);
            }
            reply => reply?,
        };
        let insert = match &reply.word[..] {
            b"stored" => Insert::Stored(reply.record(&session.key)?),
            b"refused" => Insert::Refused,
            b"occupied" => Insert::Occupied,
            _ => return Err(StoreError::Corrupt),
        };
        Ok(Stamped { at: reply.at, reply: insert })
    }

    pub(super) async fn load_session(&self, key: &SessionKey) -> Result<Stamped<Load>, StoreError> {
        let call = self.call_on_cutoffs().key(&self.keys.record(key)).arg(key.as_bytes());
        let mut reply = self.ask(&script::LOAD, &call, Again::Yes).await?;
        if &reply.word[..] == b"unsettled" {
            self.tell_time().await?;
            reply = self.ask(&script::LOAD, &call, Again::Yes).await?;
        }
        let load = match &reply.word[..] {
            b"live" => Load::Live(reply.record(key)?),
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: load })
    }

    pub(super) async fn is_session_covered(
        &self,
        key: &SessionKey,
        scopes: &[Scope],
        began: StoreTime,
    ) -> Result<Stamped<bool>, StoreError> {
        let call = self.call_on_cutoffs().arg(key.as_bytes()).time(began).arg(&joined(scopes));
        let reply = self.ask(&script::IS_COVERED, &call, Again::Yes).await?;
        match &reply.word[..] {
            b"revoked" => Ok(Stamped { at: reply.at, reply: true }),
            b"live" => Ok(Stamped { at: reply.at, reply: false }),
            _ => Err(StoreError::Corrupt),
        }
    }

    pub(super) async fn touch_session(
        &self,
        key: &SessionKey,
        idle: Duration,
    ) -> Result<Stamped<Touch>, StoreError> {
        let call = self.call_on_cutoffs().key(&self.keys.record(key)).arg(key.as_bytes()).span(idle);
        let mut reply = self.ask(&script::TOUCH, &call, Again::Yes).await?;
        let touch = match &reply.word[..] {
            b"touched" => Touch::Touched { idle_end: reply.time()? },
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: touch })
    }

    pub(super) async fn replace_data(
        &self,
        key: &SessionKey,
        version: u64,
        data: Bytes,
    ) -> Result<Stamped<Replace>, StoreError> {
        let call =
            self.call_that_tells().key(&self.keys.record(key)).arg(key.as_bytes()).number(version).arg(&data);
        let mut reply = self.ask(&script::REPLACE, &call, Again::No).await?;
        let replace = match &reply.word[..] {
            b"replaced" => Replace::Replaced(reply.record(key)?),
            b"conflict" => Replace::Conflict(reply.record(key)?),
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: replace })
    }
}

pub(super) fn joined(scopes: &[Scope]) -> Vec<u8> {
    scopes.iter().flat_map(|scope| *scope.as_bytes()).collect()
}
