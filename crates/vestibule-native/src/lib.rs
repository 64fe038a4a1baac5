//! OpenID Connect for desktop and command-line applications: the system browser, the device flow, the OS secure store.

#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod aside;
mod browser;
mod error;
mod lock;
mod patience;
mod private_dir;
mod redirect;
mod refresh;
mod surroundings;
mod vault;

pub use browser::{Browser, BrowserError, SystemBrowser};
pub use error::NativeError;
pub use lock::LockError;
pub use patience::{Cancel, WaitError};
pub use redirect::{HandOver, Instance, Paste, RedirectError, RedirectPlan};
pub use surroundings::{NoDisplay, Surroundings, Way};
pub use vault::{
    Account, AccountInfo, Distrust, StoreKind, StorePolicy, VaultError, VaultKey, VaultKeyError,
};
pub use vestibule;
