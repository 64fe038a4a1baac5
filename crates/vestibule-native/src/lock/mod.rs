mod name;
#[cfg(all(test, unix))]
mod tests;

use std::{fmt, fs::File, time::Duration};

pub(crate) use name::{LockName, digest_of};
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, sleep},
};
use vestibule::{Diagnose, Diagnosis, Disposition};

use crate::{private_dir::PrivateDir, vault::VaultError};

/// How often the holder is looked after: soon at first, then less often.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(50);

/// Held by one task of one process on this machine, and let go when dropped, or when its process ends in any way
/// (checklist F19).
pub(crate) struct MachineLock {
    _held: Held,
}

pub(crate) enum Held {
    /// An advisory lock of the system, which dies with its holder.
    File(#[expect(dead_code, reason = "open is what it is for")] File),
    /// What is kept in one process needs no other.
    Process(#[expect(dead_code, reason = "held is what it is for")] OwnedMutexGuard<()>),
}

impl MachineLock {
    /// Waits for the lock, at most for `wait`.
    pub(crate) async fn take(dir: &PrivateDir, name: &LockName, wait: Duration) -> Result<Self, LockError> {
        let file = dir.lock_file(name.as_str())?;
        let (began, mut pause) = (Instant::now(), FIRST_LOOK);
        loop {
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => return Ok(Self::held(Held::File(file))),
                Err(fs4::TryLockError::WouldBlock) => {}
                Err(fs4::TryLockError::Error(error)) => {
                    return Err(VaultError::Failed(format!("the file system cannot lock: {error}")).into());
                }
            }
            let left = wait.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(LockError::Busy);
            }
            sleep(pause.min(left)).await;
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    pub(crate) fn held(held: Held) -> Self {
        Self { _held: held }
    }
}

impl fmt::Debug for MachineLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineLock")
    }
}

/// Another process of this machine is at it, or the lock cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process held it for as long as this one waited (checklist F19).
    #[error("another process of this user is renewing the tokens, and has not come back")]
    Busy,
    /// The folder of the locks, or the file, is not to be used.
    #[error(transparent)]
    Unusable(#[from] VaultError),
}

impl Diagnose for LockError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Busy => Diagnosis::new(
                "refresh.busy",
                Disposition::Retry,
                "try again in a moment; if it stays so, look for a process of this application that hangs",
            ),
            Self::Unusable(error) => error.diagnosis(),
        }
    }
}
