use std::{sync::Arc, time::Duration};

use redis::{Cmd, Value};
use vestibule_web::store::{ChangeCursor, Changes, Stamped, StoreError};

use super::{Sessions, caller::Again};
use crate::{error::Failure, format, link::Server, script};

/// How many entries one reply holds at most.
const REPLY: u64 = Changes::MOST as u64;

impl Sessions {
    pub(super) async fn read_log(
        &self,
        from: ChangeCursor,
        patience: Duration,
    ) -> Result<Stamped<Changes>, StoreError> {
        let found = self.log_since(from).await?;
        let found_some = !matches!(&found.reply, Changes::Entries { entries, .. } if entries.is_empty());
        if found_some || patience.is_zero() {
            return Ok(found);
        }
        let server = self.link.server().await?;
        self.await_news(&server, from, patience).await.map_err(|failure| {
            if failure.ends_connection {
                self.link.lost(&server);
            }
            failure.error
        })?;
        self.log_since(from).await
    }

    async fn log_since(&self, from: ChangeCursor) -> Result<Stamped<Changes>, StoreError> {
        let call = self.call().key(&self.keys.log).arg(from.position().to_string().as_bytes()).number(REPLY);
        let mut reply = self.ask(&script::CHANGES, &call, Again::Yes).await?;
        let next = ChangeCursor::from_position(reply.number()?);
        let changes = match &reply.word[..] {
            b"entries" => {
                let entries = reply.all_bytes()?;
                let entries = entries.iter().map(|entry| format::change(entry)).collect::<Result<_, _>>()?;
                Changes::Entries { entries, next }
            }
            b"lagged" => Changes::Lagged { next },
            _ => return Err(StoreError::Corrupt),
        };
        Ok(Stamped { at: reply.at, reply: changes })
    }

    /// Until the log has an entry after `from`, or patience has run out.
    async fn await_news(
        &self,
        shared: &Arc<Server>,
        from: ChangeCursor,
        patience: Duration,
    ) -> Result<(), Failure> {
        let own = self.link.own(shared).await?;
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 31);
        let mut read = Cmd::new();
        read.arg("XREAD").arg("COUNT").arg(1).arg("BLOCK").arg(millis);
        read.arg("STREAMS").arg(&self.keys.log).arg(format!("{}-1", from.position()));
        self.limited(patience, async { Ok(own.ask::<Value>(&read).await?) }).await?;
        self.link.give_back(own);
        Ok(())
    }
}
