use std::{fmt, pin::Pin, time::Duration};

use bytes::Bytes;

use crate::{
    engine::BoxError,
    error::{Error, LoginError, SessionError},
    settings::{LoginAttempt, LoginVerdict},
};

type OnLogin = dyn Fn(LoginAttempt) -> Pin<Box<dyn Future<Output = Result<LoginVerdict, BoxError>> + Send>>
    + Send
    + Sync;

/// What the application says about logins, and may keep with sessions.
pub(crate) struct Application {
    pub(crate) on_login: Option<Box<OnLogin>>,
    /// How long `on_login` may take.
    pub(crate) patience: Duration,
    /// How many bytes the application's data of one session may have.
    pub(crate) data_limit: usize,
    /// How many bytes a form of the application's own may have.
    pub(crate) form_limit: usize,
}

impl Default for Application {
    fn default() -> Self {
        Self {
            on_login: None,
            patience: Duration::from_secs(30),
            data_limit: 64 * 1024,
            form_limit: 256 * 1024,
        }
    }
}

impl Application {
    /// Shows a login to the application: the data that the session starts with.
    pub(crate) async fn judge(&self, attempt: impl FnOnce() -> LoginAttempt) -> Result<Bytes, Error> {
        let Some(on_login) = &self.on_login else { return Ok(Bytes::new()) };
        match tokio::time::timeout(self.patience, on_login(attempt())).await {
            Ok(Ok(LoginVerdict::Accept(data))) => Ok(self.fitting(data)?),
            Ok(Ok(LoginVerdict::Refuse)) => Err(LoginError::RefusedByApplication.into()),
            Ok(Err(error)) => {
                tracing::error!(event = "login.application_failed", error, "on_login failed");
                Err(LoginError::ApplicationFailed.into())
            }
            Err(_) => Err(LoginError::ApplicationTimedOut.into()),
        }
    }

    /// Data that is not too large.
    pub(crate) fn fitting(&self, data: Bytes) -> Result<Bytes, SessionError> {
        if data.len() <= self.data_limit { Ok(data) } else { Err(SessionError::DataTooLarge) }
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("patience", &self.patience)
            .field("data_limit", &self.data_limit)
            .field("form_limit", &self.form_limit)
            .finish_non_exhaustive()
    }
}
