use std::fmt;

use url::Url;
use vestibule::{DeviceStart, UserCode};

use crate::{BrowserError, NoDisplay, StoreKind, VaultError};

/// What happens while a login waits for its user. The library prints nothing: a front end shows these.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LoginEvent {
    /// Another process of this user is logging in. Its outcome will be this one's too.
    Elsewhere,
    /// The browser was opened. Launchers report success without a screen too: show the address beside it.
    Browser(Visit),
    /// No browser could be opened: the user must visit the address.
    NoBrowser(Visit, NoBrowser),
    /// The user decides on another device.
    Device(DeviceLogin),
    /// The user has decided; the tokens are on their way.
    Answered,
    /// The login was kept.
    Kept(StoreKind),
    /// The store that was usable before does not take the login now. It is in this process alone, and written at its next
    /// use; a process that ends before has lost it.
    NotKept(VaultError),
}

/// An address for the user's browser. It is good for this login alone.
#[derive(Clone)]
pub struct Visit(pub(crate) Url);

impl Visit {
    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for Visit {
    /// Leaves out the query, which holds `state` and `nonce`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Visit({:?})", self.0.host_str())
    }
}

/// Why the browser was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoBrowser {
    /// The application asked for that.
    Asked,
    /// Nobody could see it.
    Here(NoDisplay),
    /// It did not start.
    Failed(BrowserError),
}

/// What to show for a login on another device (RFC 8628 section 3.3).
///
/// Say that the user should go on only if they started this themselves (section 5.4).
#[derive(Clone)]
#[non_exhaustive]
pub struct DeviceLogin {
    /// What the user enters, or compares with what the page shows.
    pub user_code: UserCode,
    /// Where.
    pub verification_uri: Url,
    /// The same with the code in it: for a link or a QR code.
    pub verification_uri_complete: Option<Url>,
    /// How long the user may take, the login's own limit counted in.
    pub expires_in: std::time::Duration,
}

impl DeviceLogin {
    pub(super) fn new(start: &DeviceStart, limit: std::time::Duration) -> Self {
        Self {
            user_code: start.user_code.clone(),
            verification_uri: start.verification_uri.clone(),
            verification_uri_complete: start.verification_uri_complete.clone(),
            expires_in: start.expires_in.min(limit),
        }
    }
}

impl fmt::Debug for DeviceLogin {
    /// Leaves out the codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceLogin")
            .field("host", &self.verification_uri.host_str())
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}
