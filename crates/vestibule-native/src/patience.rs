use std::{fmt, future::Future, time::Duration};

use tokio::sync::watch;
use vestibule::{Diagnose, Diagnosis, Disposition};

/// Ends logins that wait for a person.
///
/// Clones are handles of one and the same: keep one, give another to the login. What the login held is released when it
/// ends: port, locks, and all secrets in memory (checklist F09).
///
/// ```
/// let cancel = vestibule_native::Cancel::new();
/// let for_the_login = cancel.clone();
/// cancel.cancel();
/// assert!(for_the_login.is_cancelled());
/// ```
#[derive(Clone)]
pub struct Cancel(watch::Sender<bool>);

impl Cancel {
    /// A handle that was not used yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Ends every login that this was given to, now and later.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    async fn cancelled(&self) {
        // Never an error: the sender lives in `self`.
        let _ = self.0.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}

impl Default for Cancel {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}

/// How long a person is waited for, and who may end it before.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    pub(crate) limit: Duration,
    pub(crate) cancel: Cancel,
}

impl Default for Patience {
    /// Five minutes (checklist F09).
    fn default() -> Self {
        Self { limit: Duration::from_secs(300), cancel: Cancel::new() }
    }
}

impl Patience {
    /// Does the work, or drops it with all that it holds.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, WaitError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(WaitError::Cancelled),
            done = tokio::time::timeout(self.limit, work) => done.map_err(|_| WaitError::TimedOut),
        }
    }
}

/// Nobody answered. Nothing was kept, and everything that the login held is free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The login was not finished in time (checklist F09).
    #[error("the sign-in was not finished in time")]
    TimedOut,
    /// The application ended the login (checklist F09).
    #[error("the sign-in was cancelled")]
    Cancelled,
}

impl Diagnose for WaitError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::TimedOut => Diagnosis::new(
                "native.timeout",
                Disposition::Retry,
                "start again and finish in the browser, or give the login more time",
            ),
            Self::Cancelled => Diagnosis::new(
                "native.cancelled",
                Disposition::Reject,
                "nothing is wrong; start again when the user wants to",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn f09_a_wait_ends_at_its_limit() {
        let patience = Patience::default();
        let started = tokio::time::Instant::now();
        let error = patience.within(std::future::pending::<()>()).await.unwrap_err();
        assert_eq!((error, error.code()), (WaitError::TimedOut, "native.timeout"));
        assert_eq!(started.elapsed().as_secs(), 300);
    }

    #[tokio::test]
    async fn f09_a_wait_ends_when_it_is_cancelled_before_or_meanwhile() {
        let patience = Patience::default();
        let cancel = patience.cancel.clone();
        let wait = patience.within(async {
            cancel.cancel();
            std::future::pending::<()>().await;
        });
        let error = wait.await.unwrap_err();
        assert_eq!((error, error.code()), (WaitError::Cancelled, "native.cancelled"));
        assert_eq!(patience.within(async { 1 }).await, Err(WaitError::Cancelled));
    }

    #[tokio::test]
    async fn f09_work_that_is_done_in_time_is_done() {
        assert_eq!(Patience::default().within(async { 1 }).await, Ok(1));
    }
}
