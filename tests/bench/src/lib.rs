//! The hot paths of Vestibule beside those of its peers.
//!
//! `cargo run --release` prints the tables of `docs/performance.md`: every path is measured beside its peers in the same
//! run, a little of each in turn, and the ratios are those of neighbours. `cargo bench` runs the same paths under criterion,
//! which compares with its last run: for seeing what a change did.

pub mod actix;
pub mod bearer;
pub mod browser;
pub mod clock;
pub mod command;
pub mod engines;
pub mod load;
pub mod memory;
pub mod paired;
pub mod passage;
pub mod provider;
pub mod server;
pub mod site;
pub mod stores;
pub mod tokens;
