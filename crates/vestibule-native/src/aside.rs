use std::thread;

use tokio::{runtime::Handle, sync::oneshot};

/// Does on a thread of its own what may block for as long as it likes: a browser in the terminal, a person at a prompt. The
/// runtime can end meanwhile, which it could not with a blocking task of its own. `None` if the work panicked or no thread
/// was to be had.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    let runtime = Handle::current();
    let started = thread::Builder::new().name("vestibule-aside".to_owned()).spawn(move || {
        let _within = runtime.enter();
        let _ = done.send(work());
    });
    started.ok()?;
    result.await.ok()
}
