//! Native applications as processes, against the development provider.

pub mod clock;
pub mod machine;
mod scripted_browser;

pub use scripted_browser::ScriptedBrowser;
