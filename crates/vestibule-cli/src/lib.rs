#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod exit;
mod failure;
mod progress;
mod qr;
mod run;
mod terminal;

pub use exit::Exit;
pub use failure::Failure;
pub use run::run;
pub use terminal::Terminal;
pub use vestibule_native;
