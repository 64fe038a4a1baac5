//! Cookies: their names, their seals, their headers.

pub(crate) mod chunks;
mod header;
mod keys;
mod names;
mod seal;

pub(crate) use header::{CookieLookup, SetCookie, find, find_prefixed};
pub use keys::CookieKeys;
pub(crate) use names::CookieNames;
pub(crate) use seal::{Purpose, Sealer};
