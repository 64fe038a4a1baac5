use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use super::{Numbered, look};
use crate::{
    SessionError,
    engine::Engine,
    session::{Handle, Session},
    store::{SessionRecord, StoreTime},
};

/// What one answer will carry of its session.
pub(crate) struct Outbox(Mutex<Contents>);

struct Contents {
    /// The cookies that the request brought.
    brought: Vec<Numbered>,
    cookies: Vec<String>,
    has_left: bool,
}

impl Outbox {
    pub(super) fn new(brought: Vec<Numbered>) -> Self {
        Self(Mutex::new(Contents { brought, cookies: Vec::new(), has_left: false }))
    }

    /// Lets the answer carry the session in this state, and remove what the browser holds beside it.
    pub(super) fn put(
        &self,
        engine: &Engine,
        handle: &Handle,
        record: &SessionRecord,
        now: StoreTime,
    ) -> Result<(), SessionError> {
        self.contents().put(engine, handle, record, now)
    }

    /// The `Set-Cookie` values of the answer, which leaves now.
    pub(crate) fn leave(&self) -> Vec<String> {
        let mut contents = self.contents();
        contents.has_left = true;
        std::mem::take(&mut contents.cookies)
    }

    /// Replaces the application's data, as a store would: only what was read may be replaced.
    pub(crate) async fn replace(
        &self,
        session: &Session,
        version: u64,
        data: Bytes,
    ) -> Result<bool, SessionError> {
        let inner = &session.0;
        let now = match look(&inner.engine, &session.record()).await? {
            Ok(now) => now,
            Err(reason) => return Err(SessionError::Gone(Some(reason))),
        };
        // From here on no clone of this session comes between.
        let mut contents = self.contents();
        let mut changed = session.record();
        if changed.version != version {
            return Ok(false);
        }
        let record = Arc::make_mut(&mut changed);
        record.data = data;
        record.version += 1;
        contents.put(&inner.engine, &inner.handle, record, now)?;
        session.keep_data(record);
        Ok(true)
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn put(
        &mut self,
        engine: &Engine,
        handle: &Handle,
        record: &SessionRecord,
        now: StoreTime,
    ) -> Result<(), SessionError> {
        let Some(sealed) = engine.sealed.as_ref().filter(|_| !self.has_left) else {
            return Err(SessionError::NeedsStore);
        };
        self.cookies = sealed.cookies(engine, handle, record, now, &self.brought)?;
        Ok(())
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbox(..)")
    }
}
