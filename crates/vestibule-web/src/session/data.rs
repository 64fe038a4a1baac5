use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::Session;
use crate::{SessionError, store::Replace};

/// The application's own data of a session, as JSON in a type of its choice.
pub trait SessionData: Serialize + DeserializeOwned {}
impl<T: Serialize + DeserializeOwned> SessionData for T {}

impl Session {
    /// Reads the application's data; `None` until some was written.
    ///
    /// # Errors
    /// [`SessionError::Data`] when it does not fit the type.
    pub fn data<T: SessionData>(&self) -> Result<Option<T>, SessionError> {
        read(&self.record().data)
    }

    /// Replaces the application's data.
    ///
    /// # Errors
    /// [`SessionError::Conflict`] when another request replaced it since this one read it: nothing is lost silently.
    /// [`SessionError::Gone`] when the session has ended meanwhile; it is not revived. [`SessionError::DataTooLarge`] when
    /// it exceeds the [limit](crate::RelyingPartyBuilder::data_limit); nothing changes.
    ///
    /// A sealed session goes out with the answer: [`SessionError::NeedsStore`] once that has left,
    /// [`SessionError::TooLarge`] for what does not fit into cookies. Of two requests that change it at the same time, the
    /// one that is answered last wins, or the one that changed it more often: no store can tell them of each other.
    pub async fn set_data<T: SessionData>(&self, data: &T) -> Result<(), SessionError> {
        match self.replace(self.record().version, self.write(data)?).await? {
            true => Ok(()),
            false => Err(SessionError::Conflict),
        }
    }

    /// Changes the application's data, again and again until no other request comes between.
    ///
    /// # Errors
    /// As for [`set_data`](Self::set_data), save that a conflict is only reported after eight tries.
    pub async fn update_data<T: SessionData + Default>(
        &self,
        change: impl Fn(&mut T),
    ) -> Result<T, SessionError> {
        for _ in 0..8 {
            // Data and version of one and the same record: clones of this session may learn of a newer one meanwhile.
            let record = self.record();
            let mut data = read::<T>(&record.data)?.unwrap_or_default();
            change(&mut data);
            if self.replace(record.version, self.write(&data)?).await? {
                return Ok(data);
            }
        }
        Err(SessionError::Conflict)
    }

    fn write<T: Serialize>(&self, data: &T) -> Result<Bytes, SessionError> {
        let data = serde_json::to_vec(data).map_err(|_| SessionError::Data)?;
        self.0.engine.application.fitting(data.into())
    }

    /// Whether the data was replaced; either way this session now knows the current data.
    async fn replace(&self, version: u64, data: Bytes) -> Result<bool, SessionError> {
        if let Some(outbox) = &self.0.outbox {
            return outbox.replace(self, version, data).await;
        }
        match self.0.engine.store.replace(&self.0.key, version, data).await?.reply {
            Replace::Replaced(record) => {
                self.keep_data(&record);
                Ok(true)
            }
            Replace::Conflict(record) => {
                self.keep_data(&record);
                Ok(false)
            }
            Replace::Gone(reason) => Err(SessionError::Gone(Some(reason))),
            Replace::Absent => Err(SessionError::Gone(None)),
        }
    }
}

fn read<T: DeserializeOwned>(data: &[u8]) -> Result<Option<T>, SessionError> {
    if data.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(data).map(Some).map_err(|_| SessionError::Data)
}
