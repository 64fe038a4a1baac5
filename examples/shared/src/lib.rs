//! What the example applications share, so that each of them shows only what is its own.
//!
//! Nothing in here is part of Vestibule, or needed to use it.

mod account;
mod device;
mod neighbour;
mod serve;
mod settings;
mod site;
mod stylesheet;
#[cfg(feature = "testing")]
pub mod testing;

pub use account::{
    EndListed, Me, NoFields, account, ago, api_me, avatar, end_other_sessions, end_session, sign_out,
};
pub use neighbour::{CameFrom, Neighbour};
pub use serve::{log, serve, stopped};
pub use settings::{Settings, SettingsError};
pub use site::{Looks, Site};
pub use stylesheet::stylesheet;
