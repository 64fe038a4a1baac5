mod access;
mod staged;
#[cfg(all(test, unix))]
mod tests;

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use self::staged::Staged;
use crate::vault::{Distrust, VaultError};

/// Longer files are nothing of ours.
const LARGEST: u64 = 1024 * 1024;

/// What those hold who write in a folder, so that one file is written by one process at a time.
const WRITERS: &str = "writers.lock";

/// A folder that belongs to this user alone: 0700, its files 0600, no link followed (checklist F18).
///
/// Calls block, though shortly.
#[derive(Clone, Debug)]
pub(crate) struct PrivateDir(PathBuf);

impl PrivateDir {
    /// Makes the folder if it is missing, and looks whom it belongs to.
    pub(crate) fn open(path: impl Into<PathBuf>) -> Result<Self, VaultError> {
        let path = path.into();
        access::create_dir(&path).map_err(|error| failure(&path, &error))?;
        let found = path.symlink_metadata().map_err(|error| failure(&path, &error))?;
        if !found.is_dir() {
            return Err(VaultError::untrusted(&path, Distrust::Kind));
        }
        access::check(&path, &found)?;
        Ok(Self(path))
    }

    /// A folder in this one.
    pub(crate) fn child(&self, name: &str) -> Result<Self, VaultError> {
        Self::open(self.0.join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The content of a file; `None` when there is none.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        read_private(&self.0.join(name))
    }

    /// Puts a file in place of the old one, at once and for good: after a crash either of them is there, whole.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), VaultError> {
        let alone = self.writers()?;
        Staged::write(self, name, bytes, &alone)?.commit()
    }

    /// Writes what `change` makes of the file's content. Nobody else writes in between.
    pub(crate) fn update<T>(
        &self,
        name: &str,
        change: impl FnOnce(Option<Zeroizing<Vec<u8>>>) -> (Option<Vec<u8>>, T),
    ) -> Result<T, VaultError> {
        let alone = self.writers()?;
        let (content, outcome) = change(self.read(name)?);
        if let Some(content) = content {
            Staged::write(self, name, &content, &alone)?.commit()?;
        }
        Ok(outcome)
    }

    /// Removes a file; whether there was one.
    pub(crate) fn remove(&self, name: &str) -> Result<bool, VaultError> {
        let path = self.0.join(name);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failure(&path, &error)),
        }
    }

    /// An empty file to lock. It is never removed: whoever removes a lock lets two hold it.
    pub(crate) fn lock_file(&self, name: &str) -> Result<File, VaultError> {
        let path = self.0.join(name);
        let file = access::open_lock(&path).map_err(|error| failure(&path, &error))?;
        trusted(&path, file).map(|(file, _)| file)
    }

    fn writers(&self) -> Result<File, VaultError> {
        let file = self.lock_file(WRITERS)?;
        fs4::FileExt::lock(&file).map_err(|error| failure(&self.0.join(WRITERS), &error))?;
        Ok(file)
    }
}

/// The content of a file that only this user may read and write.
pub(crate) fn read_private(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let file = match access::open_existing(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failure(path, &error)),
    };
    let (file, length) = trusted(path, file)?;
    if length > LARGEST {
        return Err(VaultError::untrusted(path, Distrust::Size));
    }
    // Room for all of it: a vector that grows leaves copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(LARGEST).read_to_end(&mut content).map_err(|error| failure(path, &error))?;
    Ok(Some(content))
}

/// The file, if it is one, and nobody else can have written it; and its length.
fn trusted(path: &Path, file: File) -> Result<(File, u64), VaultError> {
    let found = file.metadata().map_err(|error| failure(path, &error))?;
    if !found.is_file() {
        return Err(VaultError::untrusted(path, Distrust::Kind));
    }
    access::check(path, &found)?;
    Ok((file, found.len()))
}

fn failure(path: &Path, error: &io::Error) -> VaultError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    if path.is_symlink() {
        return VaultError::untrusted(path, Distrust::Link);
    }
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => VaultError::Full,
        _ => VaultError::Failed(format!("{}: {error}", path.display())),
    }
}
