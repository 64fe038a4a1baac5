//! The hot paths of Vestibule beside those of its peers.
//!
//! `cargo run --release` prints the tables of `docs/performance.md`: every path is measured beside its peers in the same
//! run, a little of each in turn, and the ratios are those of neighbours. `cargo bench` runs the same paths under criterion,
//! which compares with its last run: for seeing what a change did.

use std::{env, process::Command};

use anyhow::{Result, ensure};

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

/// Runs one table in a process of its own, where nothing that was freed before is filled again.
///
/// # Errors
/// When it fails.
pub fn of_its_own(table: &str) -> Result<()> {
    let status = Command::new(env::current_exe()?).arg(table).status()?;
    ensure!(status.success(), "{table} failed ({status})");
    Ok(())
}
