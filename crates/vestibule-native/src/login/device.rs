use tokio::time::sleep;
use vestibule::{DevicePoll, DeviceStart, Diagnose, Disposition};

use super::{DeviceLogin, Login, LoginEvent};
use crate::{NativeApp, NativeError};

impl NativeApp {
    /// The device authorization grant (RFC 8628).
    pub(super) async fn log_in_by_device(&self, login: &Login) -> Result<vestibule::Login, NativeError> {
        let client = self.client();
        let start = client.begin_device_login(&login.device_request()).await?;
        login.tell(LoginEvent::Device(DeviceLogin::new(&start, login.patience.limit)));
        let DeviceStart { mut pending, .. } = start;
        loop {
            sleep(pending.wait()).await;
            match client.poll_device_login(&mut pending).await {
                Ok(DevicePoll::Pending) => {}
                Ok(DevicePoll::Done(done)) => {
                    login.tell(LoginEvent::Answered);
                    return Ok(*done);
                }
                // The attempt knows how long to pause, and ends by itself.
                Err(error) if error.disposition() == Disposition::Retry => {
                    tracing::debug!(code = error.code(), "a device login is asked about again");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
