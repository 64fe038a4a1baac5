use redis::Cmd;
use vestibule_web::store::{
    Ended, LogoutId, PublicId, Revocation, Revoke, Scope, SessionKey, Stamped, StoreError,
};

use super::Sessions;
use crate::{link::Call, reply::Reply, script};

impl Sessions {
    /// Ends a session, if it is the one that its owner means.
    pub(super) async fn end_session(
        &self,
        key: &SessionKey,
        owned: Option<(&Scope, &PublicId)>,
    ) -> Result<Stamped<Ended>, StoreError> {
        let owned =
            owned.map_or_else(Vec::new, |(subject, id)| [&subject.as_bytes()[..], id.as_bytes()].concat());
        let call = self.call_that_tells().key(&self.keys.record(key)).arg(key.as_bytes()).arg(&owned);
        let mut reply = self.write(&script::END, &call).await?;
        let ended = match &reply.word[..] {
            b"ended" => Ended::Ended,
            b"absent" => Ended::Absent,
            _ => return Err(StoreError::Corrupt),
        };
        if ended == Ended::Ended {
            self.strike_from_index(&mut reply).await?;
        }
        Ok(Stamped { at: reply.at, reply: ended })
    }

    /// Whose index a session was in is known only once it has ended. Should this be lost, the list passes over it.
    pub(super) async fn strike_from_index(&self, reply: &mut Reply) -> Result<(), StoreError> {
        let subject = reply.bytes()?.as_ref().try_into().map_err(|_| StoreError::Corrupt)?;
        let mut strike = Cmd::new();
        strike.arg("ZREM").arg(self.keys.index(&Scope::from_bytes(subject))).arg(&reply.bytes()?[..]);
        if let Ok(server) = self.link.server().await {
            let _ = server.ask::<i64>(&strike).await;
        }
        Ok(())
    }

    pub(super) async fn store_logout(
        &self,
        mut revocation: Revocation,
    ) -> Result<Stamped<Revoke>, StoreError> {
        revocation.scopes.sort_unstable();
        revocation.scopes.dedup();
        let mut reply = self.write(&script::REVOKE, &self.logout_call(&revocation)).await?;
        let revoke = match &reply.word[..] {
            b"revoked" => Revoke::Revoked { cutoff: reply.time()? },
            b"replayed" => Revoke::Replayed,
            _ => return Err(StoreError::Corrupt),
        };
        if let Revoke::Revoked { cutoff } = revoke {
            self.acknowledge(&revocation, cutoff);
        }
        Ok(Stamped { at: reply.at, reply: revoke })
    }

    pub(super) fn logout_call(&self, revocation: &Revocation) -> Call {
        let Revocation { scopes, heard, logout, spare } = revocation;
        let call = self.call_that_tells().key(&self.keys.spent).key(&self.keys.struck);
        let call = match heard {
            Some(heard) => call.time(*heard),
            None => call.arg(b""),
        };
        let call = call
            .maybe(logout.as_ref().map(LogoutId::as_bytes))
            .maybe(spare.as_ref().map(SessionKey::as_bytes));
        scopes.iter().fold(call, |call, scope| call.key(&self.keys.index(scope)).arg(scope.as_bytes()))
    }
}
