use std::{
    fmt,
    path::{Path, PathBuf},
};

use vestibule::{Diagnose, Diagnosis, Disposition, RandomError};

/// The tokens cannot be kept or read. No token was lost by it, and none was written anywhere else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// This machine, or this session on it, has no secure store (checklist F17).
    #[error("no secure store was found: {0}")]
    Absent(String),
    /// The store is locked, and nobody unlocked it.
    #[error("the keyring is locked")]
    Locked,
    /// The store does not let this process in.
    #[error("the secure store does not let this process in")]
    Denied,
    /// The store did not answer in time, or nobody answered its question.
    #[error("the secure store did not answer in time")]
    TimedOut,
    /// The disk or the store has no room left. What was kept before is still there.
    #[error("there is no room left for the login")]
    Full,
    /// The entry is nothing that this library wrote, or belongs to another account (checklist F22).
    #[error("the entry in the secure store is damaged, or another account's")]
    Corrupt,
    /// The store failed in another way.
    #[error("the secure store failed: {0}")]
    Failed(String),
    /// A file or a folder that others may have written (checklist F18).
    #[error("{} cannot be trusted: {why}", path.display())]
    Untrusted {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: Distrust,
    },
    /// The random source failed.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Why a file or folder is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Distrust {
    /// It is a symbolic link.
    Link,
    /// It is neither the folder nor the regular file that belongs there.
    Kind,
    /// It belongs to another user.
    Owner,
    /// Others may read or write it.
    Mode,
    /// It is longer than anything of ours.
    Size,
    /// It does not open with its key: it was changed, or is another account's.
    Seal,
}

impl VaultError {
    pub(crate) fn untrusted(path: &Path, why: Distrust) -> Self {
        Self::Untrusted { path: path.to_owned(), why }
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "it is a symbolic link",
            Self::Kind => "it is not the kind of file that belongs there",
            Self::Owner => "it belongs to another user",
            Self::Mode => "other users may read or write it",
            Self::Size => "it is too long",
            Self::Seal => "it was changed, or sealed with another key or for another account",
        })
    }
}

impl Diagnose for VaultError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::{Config, Retry};
        const UNAVAILABLE: &str = "native.store_unavailable";
        let (code, disposition, hint) = match self {
            Self::Absent(_) => (
                UNAVAILABLE,
                Config,
                "start a Secret Service such as gnome-keyring or KWallet, or choose another store policy",
            ),
            Self::Locked => (
                UNAVAILABLE,
                Retry,
                "unlock the keyring (without a desktop: create one with a password), or choose another store policy",
            ),
            Self::Denied => (
                UNAVAILABLE,
                Config,
                "run it in the user's login session, or let the application use the keyring",
            ),
            Self::TimedOut => {
                (UNAVAILABLE, Retry, "answer the keyring's question, or restart the keyring service")
            }
            Self::Full => (UNAVAILABLE, Retry, "make room; it is tried again at the next use"),
            Self::Corrupt => (UNAVAILABLE, Config, "log in again, which replaces the entry"),
            Self::Failed(_) => {
                (UNAVAILABLE, Retry, "see to the keyring service; it is tried again at the next use")
            }
            Self::Untrusted { why: Distrust::Seal, .. } => (
                "native.store_untrusted",
                Config,
                "give the key that it was sealed with, or log in again, which replaces the file",
            ),
            Self::Untrusted { .. } => (
                "native.store_untrusted",
                Config,
                "find out who put it there; then make it yours with mode 0700 or 0600, or remove it",
            ),
            Self::Random(error) => return error.diagnosis(),
        };
        Diagnosis::new(code, disposition, hint)
    }
}
