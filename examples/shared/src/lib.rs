//! What the example applications share, so that each of them shows only what is its own.
//!
//! Nothing in here is part of Vestibule, or needed to use it.

mod account;
#[cfg(feature = "browser")]
pub mod browser;
mod device;
mod neighbour;
mod serve;
mod settings;
mod site;
mod stylesheet;

pub use account::{
    EndListed, Me, NoFields, account, api_me, avatar, end_other_sessions, end_session, sign_out,
};
pub use neighbour::{CameFrom, Neighbour};
pub use serve::{log, serve, stopped};
pub use settings::{Settings, SettingsError};
pub use site::Site;
pub use stylesheet::stylesheet;
