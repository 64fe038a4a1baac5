use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use vestibule::{Clock, SystemClock};
use vestibule_web::store::StoreClock;

use crate::SqlConfigError;

use super::{SqliteStore, database::Database};

/// Chooses the bounds and the clock of a [`SqliteStore`].
#[derive(Debug)]
#[must_use]
pub struct SqliteStoreBuilder {
    place: Option<Place>,
    log_length: u32,
    max_size: Option<u64>,
    clock: Option<Arc<dyn Clock>>,
}

/// Where the sessions are kept.
#[derive(Clone, Debug)]
pub(super) enum Place {
    File(PathBuf),
    Memory,
}

impl SqliteStoreBuilder {
    pub(super) fn of(url: &str) -> Self {
        let path = url.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        let place = match path {
            Some(":memory:") => Some(Place::Memory),
            Some(path) => file(Path::new(path)),
            None => None,
        };
        Self { place, log_length: 16_384, max_size: None, clock: None }
    }

    pub(super) fn at(path: &Path) -> Self {
        Self { place: file(path), ..Self::of("") }
    }

    /// How many ends, revocations and replacements each realm's log keeps. Default: 16,384.
    ///
    /// Whoever asks for older ones is told that it lagged.
    pub const fn log_length(mut self, entries: u32) -> Self {
        self.log_length = entries;
        self
    }

    /// How many bytes the file may grow to. Default: as many as the disk holds.
    ///
    /// A store that needs more fails with `store.full`, and keeps what it has.
    pub const fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// What the store's time follows. Default: the machine's clock.
    ///
    /// The wall clock is followed forward only, and no time is earlier than the latest in the file.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The store. Nothing is opened before its first use.
    ///
    /// # Errors
    ///
    /// [`SqlConfigError::Url`] when the URL names no SQLite database.
    pub fn build(self) -> Result<SqliteStore, SqlConfigError> {
        let place = self.place.ok_or(SqlConfigError::Url)?;
        let clock = StoreClock::new(self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())));
        Ok(SqliteStore(Arc::new(Database::new(place, clock, self.log_length, self.max_size))))
    }
}

fn file(path: &Path) -> Option<Place> {
    let is_path = !path.as_os_str().is_empty() && !path.as_os_str().as_encoded_bytes().starts_with(b":");
    is_path.then(|| Place::File(path.to_owned()))
}
