use std::{fmt, future::Future, io, pin::Pin, sync::mpsc, thread, time::Duration};

use tokio::sync::mpsc as queue;
use vestibule::AccessToken;

use crate::{AccountInfo, Farewell, Login, Logout, NativeApp, NativeError, SessionState, User};

/// An application for code that is not asynchronous. Each call waits for its outcome; several threads may call at once.
///
/// It has a thread with a runtime of its own, which ends with the last clone. Calls of a window's own thread make the
/// window wait: give the long ones, above all [`login`](Self::login), to another thread.
///
/// ```no_run
/// # fn f(app: vestibule_native::NativeApp) -> Result<(), Box<dyn std::error::Error>> {
/// let app = app.blocking()?;
/// let token = app.access_token()?;
/// # let _ = token; Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Blocking {
    app: NativeApp,
    jobs: queue::UnboundedSender<Job>,
}

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Blocking {
    pub(crate) fn new(app: NativeApp) -> Result<Self, NativeError> {
        let (jobs, received) = queue::unbounded_channel();
        start(received).map_err(NativeError::Blocking)?;
        Ok(Self { app, jobs })
    }

    /// As [`NativeApp::login`].
    ///
    /// # Errors
    /// As there.
    pub fn login(&self, login: Login) -> Result<User, NativeError> {
        self.wait(|app| async move { app.login(login).await })
    }

    /// As [`NativeApp::access_token`].
    ///
    /// # Errors
    /// As there.
    pub fn access_token(&self) -> Result<AccessToken, NativeError> {
        self.wait(|app| async move { app.access_token().await })
    }

    /// As [`NativeApp::access_token_for`].
    ///
    /// # Errors
    /// As there.
    pub fn access_token_for(&self, span: Duration) -> Result<AccessToken, NativeError> {
        self.wait(move |app| async move { app.access_token_for(span).await })
    }

    /// As [`NativeApp::user`].
    ///
    /// # Errors
    /// As there.
    pub fn user(&self) -> Result<User, NativeError> {
        self.wait(|app| async move { app.user().await })
    }

    /// As [`NativeApp::accounts`].
    ///
    /// # Errors
    /// As there.
    pub fn accounts(&self) -> Result<Vec<AccountInfo>, NativeError> {
        self.wait(|app| async move { app.accounts().await })
    }

    /// As [`NativeApp::session_state`].
    ///
    /// # Errors
    /// As there.
    pub fn session_state(&self) -> Result<SessionState, NativeError> {
        self.wait(|app| async move { app.session_state().await })
    }

    /// As [`NativeApp::logout`].
    ///
    /// # Errors
    /// As there.
    pub fn logout(&self, logout: Logout) -> Result<Farewell, NativeError> {
        self.wait(|app| async move { app.logout(logout).await })
    }

    fn wait<T, F>(&self, call: impl FnOnce(NativeApp) -> F) -> Result<T, NativeError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, NativeError>> + Send + 'static,
    {
        let (done, outcome) = mpsc::sync_channel(1);
        let call = call(self.app.clone());
        let job: Job = Box::pin(async move {
            // Nobody waits any more if this fails.
            let _ = done.send(call.await);
        });
        let gone = || NativeError::Blocking(io::Error::other("the thread of the calls has ended"));
        self.jobs.send(job).map_err(|_| gone())?;
        outcome.recv().unwrap_or_else(|_| Err(gone()))
    }
}

/// Runs what comes until nobody is left to send it.
fn start(mut jobs: queue::UnboundedReceiver<Job>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = move || {
        runtime.block_on(async {
            while let Some(job) = jobs.recv().await {
                tokio::spawn(job);
            }
        });
        // A store that hangs must not keep the thread.
        runtime.shutdown_background();
    };
    thread::Builder::new().name("vestibule-native".to_owned()).spawn(run)?;
    Ok(())
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").field("app", &self.app).finish_non_exhaustive()
    }
}
