//! Who may read what, which each system says in its own way.

pub(super) use system::{check, create_dir, create_new, open_existing, open_lock, sync_dir};

#[cfg(unix)]
mod system {
    use std::{
        fs::{DirBuilder, File, Metadata, OpenOptions},
        io,
        os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
        path::Path,
    };

    use rustix::fs::OFlags;

    use crate::vault::{Distrust, VaultError};

    pub(in super::super) fn create_dir(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(in super::super) fn create_new(path: &Path) -> io::Result<File> {
        careful().write(true).create_new(true).open(path)
    }

    pub(in super::super) fn open_existing(path: &Path) -> io::Result<File> {
        careful().read(true).open(path)
    }

    pub(in super::super) fn open_lock(path: &Path) -> io::Result<File> {
        careful().write(true).create(true).truncate(false).open(path)
    }

    /// Refuses what another user owns, or may read or write.
    pub(in super::super) fn check(path: &Path, found: &Metadata) -> Result<(), VaultError> {
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(VaultError::untrusted(path, Distrust::Owner));
        }
        if found.mode() & 0o077 != 0 {
            return Err(VaultError::untrusted(path, Distrust::Mode));
        }
        Ok(())
    }

    /// Makes a rename last.
    pub(in super::super) fn sync_dir(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Follows no link, and does not wait for the other end of a pipe.
    fn careful() -> OpenOptions {
        let mut options = OpenOptions::new();
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        options.mode(0o600).custom_flags(i32::try_from(flags).unwrap_or_default());
        options
    }
}

#[cfg(not(unix))]
mod system {
    use std::{
        fs::{DirBuilder, File, Metadata, OpenOptions},
        io,
        path::Path,
    };

    use crate::vault::VaultError;

    pub(in super::super) fn create_dir(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).create(path)
    }

    pub(in super::super) fn create_new(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub(in super::super) fn open_existing(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).open(path)
    }

    pub(in super::super) fn open_lock(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(false).open(path)
    }

    /// The folders of a profile are its user's by inheritance.
    pub(in super::super) fn check(_: &Path, _: &Metadata) -> Result<(), VaultError> {
        Ok(())
    }

    pub(in super::super) fn sync_dir(_: &Path) -> io::Result<()> {
        Ok(())
    }
}
