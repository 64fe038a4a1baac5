use std::{io, pin::Pin};

use tokio::{sync::watch, task::JoinHandle};

/// A server in a task of its own. A drop cuts it off.
#[derive(Debug)]
pub(crate) struct Server {
    stop: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts what serves until the future that it is given completes.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start<F>(serve: impl FnOnce(Stopped) -> io::Result<F>) -> io::Result<Self>
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        let still_open = stopped.clone();
        let served = serve(Box::pin(once(stopped)))?;
        let task = tokio::spawn(async move {
            let outcome = served.await;
            drop(still_open);
            outcome
        });
        Ok(Self { stop, task })
    }

    /// Lets open requests finish, and waits for that.
    pub(crate) async fn stop(&self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }
}

/// Completes when the server is to stop.
pub(crate) type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn once(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
