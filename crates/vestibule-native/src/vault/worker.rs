use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use super::VaultError;

type Job<B> = Box<dyn FnOnce(&mut B) + Send>;

/// A thread of its own for calls that block, some of them for ever: stores ask people, and their daemons hang. A thread
/// that does not come back is given up, and another takes its place.
///
/// It is no thread of the runtime: the Secret Service's library panics there, and a runtime waits for its threads.
pub(super) struct Worker<B> {
    make: Arc<dyn Fn() -> B + Send + Sync>,
    thread: Mutex<Option<Arc<Sender<Job<B>>>>>,
}

impl<B: 'static> Worker<B> {
    /// A thread that has what `make` makes, once it is needed.
    pub(super) fn new(make: impl Fn() -> B + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), thread: Mutex::new(None) }
    }

    /// What `job` answers within `limit`. If nobody waits any more, a job that has not begun is left out.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl FnOnce(&mut B) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let thread = self.thread()?;
        let (reply, answer) = oneshot::channel();
        let sent = thread.send(Box::new(move |backend| {
            if !reply.is_closed() {
                let _ = reply.send(job(backend));
            }
        }));
        let error = match sent {
            Err(_) => VaultError::Failed("its thread ended".to_owned()),
            Ok(()) => match timeout(limit, answer).await {
                Ok(Ok(outcome)) => return outcome,
                Ok(Err(_)) => VaultError::Failed("its thread ended".to_owned()),
                Err(_) => VaultError::TimedOut,
            },
        };
        self.give_up(&thread);
        Err(error)
    }

    fn thread(&self) -> Result<Arc<Sender<Job<B>>>, VaultError> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = &*thread {
            return Ok(Arc::clone(thread));
        }
        let (sender, jobs) = channel::<Job<B>>();
        let make = Arc::clone(&self.make);
        let started = thread::Builder::new().name("vestibule-vault".to_owned()).spawn(move || {
            let mut backend = make();
            for job in jobs {
                job(&mut backend);
            }
        });
        started.map_err(|error| VaultError::Failed(format!("no thread for it: {error}")))?;
        Ok(Arc::clone(thread.insert(Arc::new(sender))))
    }

    /// Only this thread: another call may have replaced it.
    fn give_up(&self, lost: &Arc<Sender<Job<B>>>) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.take_if(|thread| Arc::ptr_eq(thread, lost));
    }
}

impl<B> fmt::Debug for Worker<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}
