use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use super::{PrivateDir, access, failure};
use crate::vault::VaultError;

/// A file that is written, and not yet in its place. Dropped, it is removed; after a crash, the next writer removes it.
pub(super) struct Staged<'a> {
    dir: &'a PrivateDir,
    temporary: PathBuf,
    target: PathBuf,
}

impl<'a> Staged<'a> {
    /// Writes the whole file, to the disk. Writers are alone in the folder.
    pub(super) fn write(
        dir: &'a PrivateDir,
        name: &str,
        bytes: &[u8],
        _alone: &'a File,
    ) -> Result<Self, VaultError> {
        let staged =
            Self { dir, temporary: dir.path().join(format!("{name}.new")), target: dir.path().join(name) };
        staged.discard();
        staged.fill(bytes).map_err(|error| failure(&staged.temporary, &error))?;
        Ok(staged)
    }

    fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = access::create_new(&self.temporary)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Puts it in its place.
    pub(super) fn commit(self) -> Result<(), VaultError> {
        let put =
            std::fs::rename(&self.temporary, &self.target).and_then(|()| access::sync_dir(self.dir.path()));
        put.map_err(|error| failure(&self.target, &error))
    }

    fn discard(&self) {
        // It is gone, or the next step says why it is not.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        self.discard();
    }
}
