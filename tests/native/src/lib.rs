//! Native applications as processes, against the development provider.

pub mod clock;
pub mod desk;
pub mod machine;
mod scripted_browser;
#[cfg(unix)]
pub mod stores;

pub use desk::{Desk, Person};
pub use scripted_browser::ScriptedBrowser;
