#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod app;
mod aside;
mod blocking;
mod browser;
mod builder;
mod error;
mod lock;
mod login;
mod logout;
mod patience;
mod private_dir;
mod redirect;
mod refresh;
mod session_state;
mod surroundings;
mod user;
mod vault;

pub use app::NativeApp;
pub use blocking::Blocking;
pub use browser::{Browser, BrowserError, SystemBrowser};
pub use builder::NativeAppBuilder;
pub use error::NativeError;
pub use lock::LockError;
pub use login::{DeviceLogin, Login, LoginEvent, NoBrowser, Visit};
pub use logout::{Farewell, Logout, Revoked};
pub use patience::{Cancel, WaitError};
pub use redirect::{HandOver, Instance, Paste, RedirectError, RedirectPlan};
pub use refresh::settled;
pub use session_state::SessionState;
pub use surroundings::{NoDisplay, Surroundings, Way};
pub use user::User;
pub use vault::{
    Account, AccountInfo, Distrust, StoreKind, StorePolicy, VaultError, VaultKey, VaultKeyError,
};
pub use vestibule;
