//! What the example applications share, so that each of them shows only what is its own.
//!
//! Nothing in here is part of Vestibule, or needed to use it.

mod account;
mod arrival;
mod device;
mod neighbour;
#[cfg(feature = "actix")]
pub mod on_actix;
#[cfg(feature = "axum")]
pub mod on_axum;
mod page;
mod serve;
mod session_store;
mod settings;
mod site;
mod stylesheet;
#[cfg(feature = "testing")]
pub mod testing;

pub use account::{EndListed, Me, NoFields, account, ago, avatar, sign_out};
pub use arrival::Arrival;
pub use neighbour::Neighbour;
pub use page::Page;
pub use serve::{listen, log, stopped};
pub use session_store::{Engine, SessionStore, SessionStoreError};
pub use settings::{Settings, SettingsError};
pub use site::{Looks, Site};
