//! Queued logouts on disk, for a process that is stopped before the store takes them: a small file for each.

mod folder;
mod format;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task;

use self::format::Entry;
use super::Queued;
use crate::store::{Realm, Scope};

/// A folder with a file for each queued logout of one relying party.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    folder: Arc<Path>,
    realm: Scope,
}

impl Journal {
    /// Makes the folder, if it is not there.
    pub(crate) fn open(folder: PathBuf, realm: &Realm) -> io::Result<Self> {
        folder::make(&folder)?;
        Ok(Self { folder: folder.into(), realm: realm.everything() })
    }

    /// What is in it. A file that cannot be read is told about and left where it is.
    pub(super) fn read(&self) -> Vec<Queued> {
        let files = folder::read_all(&self.folder).unwrap_or_else(|error| {
            failed("read", &error);
            Vec::new()
        });
        let read = |(path, content): (PathBuf, io::Result<Vec<u8>>)| match content
            .ok()
            .and_then(|content| format::from_bytes(&self.realm, &content))
        {
            Some(Entry::Ours(queued)) => Some(queued),
            Some(Entry::AnothersRealm) => None,
            None => {
                let file = path.display();
                tracing::error!(
                    event = "logout.journal_damaged",
                    %file,
                    "a file in the journal of logouts cannot be read, or is of a later version"
                );
                None
            }
        };
        files.into_iter().filter_map(read).collect()
    }

    /// Enters a logout. It is on disk when this returns, or the log says why not.
    pub(super) async fn write(&self, queued: &Queued) {
        let (name, content) = (queued.name().to_hex(), format::to_bytes(&self.realm, queued));
        self.work("write", move |folder| folder::write(folder, &name, &content)).await;
    }

    /// Strikes off a logout that needs no journal any more.
    pub(super) async fn remove(&self, queued: &Queued) {
        let name = queued.name().to_hex();
        self.work("remove", move |folder| folder::remove(folder, &name)).await;
    }

    async fn work(&self, verb: &'static str, work: impl FnOnce(&Path) -> io::Result<()> + Send + 'static) {
        let folder = Arc::clone(&self.folder);
        let done = task::spawn_blocking(move || work(&folder)).await;
        if let Err(error) = done.unwrap_or_else(|died| Err(io::Error::other(died))) {
            failed(verb, &error);
        }
    }
}

/// A disk that fails makes a logout less durable, and no more.
fn failed(verb: &'static str, error: &io::Error) {
    tracing::error!(event = "logout.journal_failed", verb, %error, "the journal of logouts does not work");
}
