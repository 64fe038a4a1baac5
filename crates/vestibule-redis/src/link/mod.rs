//! Connections: made when first needed, shared, and made anew when they are lost.

mod info;
mod server;
mod target;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use vestibule_web::store::StoreError;

use crate::error::{Failure, Unfit};

pub(crate) use server::{Call, Server};
pub(crate) use target::{RESPOND, Target};

/// How many connections of one's own are kept for the next who needs one.
const SPARE: usize = 8;

/// The way to the server.
pub(crate) struct Link {
    target: Target,
    current: Mutex<Option<Arc<Server>>>,
    spare: Mutex<Vec<Server>>,
    dialling: tokio::sync::Mutex<()>,
    failures: AtomicU64,
    last_failure: Mutex<String>,
}

impl Link {
    pub(crate) fn to(target: Target) -> Self {
        Self {
            target,
            current: Mutex::default(),
            spare: Mutex::default(),
            dialling: tokio::sync::Mutex::default(),
            failures: AtomicU64::new(0),
            last_failure: Mutex::default(),
        }
    }

    /// The connection that all share.
    pub(crate) async fn server(&self) -> Result<Arc<Server>, StoreError> {
        if let Some(server) = self.current() {
            return Ok(server);
        }
        let failures = self.failures.load(Ordering::Acquire);
        let _one_at_a_time = self.dialling.lock().await;
        if let Some(server) = self.current() {
            return Ok(server);
        }
        // Whoever waited for an attempt that came to nothing has waited enough.
        if self.failures.load(Ordering::Acquire) != failures {
            return Err(Unfit::NotReached(lock(&self.last_failure).clone()).into());
        }
        match self.target.connect().await {
            Ok(server) => {
                let server = Arc::new(server);
                *lock(&self.current) = Some(Arc::clone(&server));
                Ok(server)
            }
            Err(failure) => {
                *lock(&self.last_failure) = failure.cause();
                self.failures.fetch_add(1, Ordering::Release);
                Err(failure.error)
            }
        }
    }

    /// Makes the next call connect anew, unless that has happened.
    pub(crate) fn lost(&self, server: &Arc<Server>) {
        let mut current = lock(&self.current);
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, server)) {
            *current = None;
            lock(&self.spare).clear();
        }
    }

    /// A connection of the caller's own, on which waiting holds up nobody else. To be given back when all went well.
    pub(crate) async fn own(&self, same_as: &Server) -> Result<Server, Failure> {
        let spare = lock(&self.spare).pop();
        match spare {
            Some(server) if server.run == same_as.run => Ok(server),
            _ => self.target.connect_patiently().await,
        }
    }

    pub(crate) fn give_back(&self, server: Server) {
        let mut spare = lock(&self.spare);
        if spare.len() < SPARE {
            spare.push(server);
        }
    }

    fn current(&self) -> Option<Arc<Server>> {
        lock(&self.current).clone()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
