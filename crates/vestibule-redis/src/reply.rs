use std::sync::Arc;

use bytes::Bytes;
use redis::Value;
use vestibule_web::store::{GoneReason, NotLive, SessionKey, SessionRecord, StoreError, StoreTime};

use crate::format::Stored;

/// What a script answers: the time, a word, and more.
pub(crate) struct Reply {
    pub(crate) at: StoreTime,
    pub(crate) word: Bytes,
    rest: std::vec::IntoIter<Value>,
}

impl Reply {
    pub(crate) fn read(value: Value) -> Result<Self, StoreError> {
        let Value::Array(values) = value else { return Err(StoreError::Corrupt) };
        let mut rest = values.into_iter();
        let at = time(&next_bytes(&mut rest)?)?;
        Ok(Self { at, word: next_bytes(&mut rest)?, rest })
    }

    /// Why there is no live session. For words that say so; any other is none that a script speaks.
    pub(crate) fn not_live<R: From<NotLive>>(&self) -> Result<R, StoreError> {
        match &self.word[..] {
            b"absent" => Ok(NotLive::Absent.into()),
            b"revoked" => Ok(NotLive::Gone(GoneReason::Revoked).into()),
            b"expired" => Ok(NotLive::Gone(GoneReason::Expired).into()),
            b"idle" => Ok(NotLive::Gone(GoneReason::Idle).into()),
            _ => Err(StoreError::Corrupt),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<Bytes, StoreError> {
        next_bytes(&mut self.rest)
    }

    pub(crate) fn time(&mut self) -> Result<StoreTime, StoreError> {
        time(&self.bytes()?)
    }

    pub(crate) fn number(&mut self) -> Result<u64, StoreError> {
        number(&self.bytes()?)
    }

    pub(crate) fn record(&mut self, key: &SessionKey) -> Result<Arc<SessionRecord>, StoreError> {
        let Some(Value::Array(fields)) = self.rest.next() else { return Err(StoreError::Corrupt) };
        let mut fields = fields.into_iter();
        let stored = Stored {
            fixed: next_bytes(&mut fields)?,
            moving: next_bytes(&mut fields)?,
            attempts: next_bytes(&mut fields)?,
            grant: next_bytes(&mut fields)?,
            data: next_bytes(&mut fields)?,
        };
        stored.record(*key).map(Arc::new)
    }

    /// What has not been read.
    pub(crate) fn all_bytes(&mut self) -> Result<Vec<Bytes>, StoreError> {
        let mut all = Vec::with_capacity(self.rest.len());
        while self.rest.len() > 0 {
            all.push(self.bytes()?);
        }
        Ok(all)
    }
}

fn next_bytes(values: &mut impl Iterator<Item = Value>) -> Result<Bytes, StoreError> {
    match values.next() {
        Some(Value::BulkString(bytes)) => Ok(bytes.into()),
        Some(Value::Nil) => Ok(Bytes::new()),
        _ => Err(StoreError::Corrupt),
    }
}

fn time(bytes: &[u8]) -> Result<StoreTime, StoreError> {
    number(bytes).map(StoreTime::from_millis)
}

fn number(bytes: &[u8]) -> Result<u64, StoreError> {
    let digits = std::str::from_utf8(bytes).map_err(|_| StoreError::Corrupt)?;
    digits.parse().map_err(|_| StoreError::Corrupt)
}
