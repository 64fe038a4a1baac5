//! A login that its user finishes on another device: a phone, say, when a terminal has no browser (RFC 8628).

mod error;
mod pace;
mod pending;
mod request;
mod user_code;

use std::{fmt, time::Duration};

pub use error::DeviceError;
pub use pending::PendingDeviceLogin;
pub use request::DeviceRequest;
use url::Url;
pub use user_code::UserCode;

use self::pace::Pace;
use crate::{CodeVerifier, Issuer, Login, exchange::DeviceAuthorization};

/// A login that waits for its user, and what to show to them.
///
/// Say in so many words that they should go on only if they started it themselves: whoever can talk somebody else into
/// entering this code is logged in as them (RFC 8628 section 5.4).
#[non_exhaustive]
pub struct DeviceStart {
    /// What the user enters, or compares with what the page shows.
    pub user_code: UserCode,
    /// Where to do so: https, or http on this machine; nothing that a terminal could take for an order.
    pub verification_uri: Url,
    /// The same with the code in it, for a QR code or a link. Left out when it leads elsewhere than `verification_uri`.
    pub verification_uri_complete: Option<Url>,
    /// How long the user may take.
    pub expires_in: Duration,
    /// What to ask with for the outcome.
    pub pending: PendingDeviceLogin,
}

impl DeviceStart {
    pub(crate) fn new(
        issuer: &Issuer,
        client_id: &str,
        verifier: CodeVerifier,
        answer: DeviceAuthorization,
        asked_at: Duration,
    ) -> Self {
        let DeviceAuthorization { device_code, interval, expires_in, .. } = answer;
        Self {
            user_code: answer.user_code,
            verification_uri: answer.verification_uri,
            verification_uri_complete: answer.verification_uri_complete,
            expires_in,
            pending: PendingDeviceLogin {
                issuer: issuer.as_str().to_owned(),
                client_id: client_id.to_owned(),
                code: device_code,
                verifier,
                granted: None,
                pace: Pace::new(interval),
                expires_at: asked_at.saturating_add(expires_in),
            },
        }
    }
}

impl fmt::Debug for DeviceStart {
    /// Leaves out the codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceStart")
            .field("host", &self.verification_uri.host_str())
            .field("expires_in", &self.expires_in)
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

/// How a login on another device stands.
#[derive(Debug)]
pub enum DevicePoll {
    /// The user has not decided. Ask again after [`PendingDeviceLogin::wait`].
    Pending,
    /// The user is logged in.
    Done(Box<Login>),
}
