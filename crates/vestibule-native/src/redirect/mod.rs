//! How the provider's answer comes back from the browser.

mod error;
mod handover;
mod loopback;
mod paste;
mod plan;
mod way_back;

pub use error::RedirectError;
pub use handover::{HandOver, Instance};
pub use paste::Paste;
pub use plan::RedirectPlan;
pub(crate) use way_back::WayBack;
