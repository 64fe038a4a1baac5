use vestibule_web::store::{Reaped, Scope, Stamped, StoreError, StoreTime};

use super::{Sessions, caller::Again};
use crate::script;

/// How many are looked at in one step, while everybody else waits.
const BATCH: usize = 256;

/// A scope whose sessions may be deleted.
struct Struck {
    scope: Scope,
    /// When, as the server writes it.
    at: Vec<u8>,
}

impl Sessions {
    /// Forgets marks, then deletes the records of subjects that were struck. All other records leave by themselves.
    pub(super) async fn reap_some(&self, limit: usize) -> Result<Stamped<Reaped>, StoreError> {
        self.settle_in_cluster().await?;
        let mut removed = 0;
        loop {
            let (at, forgotten, struck) = self.forget_marks(limit.saturating_sub(removed).min(BATCH)).await?;
            removed += forgotten;
            if let Some(struck) = &struck
                && removed < limit
            {
                removed += self.reap_struck(struck, limit - removed).await?;
            }
            let more = forgotten > 0 || struck.is_some();
            if removed >= limit || !more {
                return Ok(Stamped { at, reply: Reaped { removed, more } });
            }
        }
    }

    async fn forget_marks(&self, limit: usize) -> Result<(StoreTime, usize, Option<Struck>), StoreError> {
        let call = self.call_on_cutoffs().key(&self.keys.spent).key(&self.keys.struck).number(limit as u64);
        let mut reply = self.ask(&script::REAP_MARKS, &call, Again::Yes).await?;
        let forgotten = usize::try_from(reply.number()?).map_err(|_| StoreError::Corrupt)?;
        let (scope, at) = (reply.bytes()?, reply.bytes()?);
        let struck = scope
            .as_ref()
            .try_into()
            .ok()
            .map(|scope| Struck { scope: Scope::from_bytes(scope), at: at.to_vec() });
        Ok((reply.at, forgotten, struck))
    }

    async fn reap_struck(&self, struck: &Struck, limit: usize) -> Result<usize, StoreError> {
        let (mut removed, mut kept) = (0, 0);
        loop {
            let batch = (limit - removed).min(BATCH);
            let last = isize::try_from(kept + batch).map_err(|_| StoreError::Corrupt)? - 1;
            let members = self.index(&struck.scope, kept, last).await?;
            let is_last = members.len() < batch;
            let mut call = self
                .call_on_cutoffs()
                .key(&self.keys.struck)
                .key(&self.keys.index(&struck.scope))
                .arg(struck.scope.as_bytes())
                .arg(&struck.at)
                .number(is_last.into());
            for member in &members {
                let key = member.key().ok_or(StoreError::Corrupt)?;
                call = call.key(&self.keys.record(&key)).arg(member.as_bytes());
            }
            let mut reply = self.ask(&script::REAP_RECORDS, &call, Again::Yes).await?;
            removed += usize::try_from(reply.number()?).map_err(|_| StoreError::Corrupt)?;
            kept += usize::try_from(reply.number()?).map_err(|_| StoreError::Corrupt)?;
            if is_last || removed >= limit {
                return Ok(removed);
            }
        }
    }
}
