//! How much memory the process holds.

use std::fs;

use anyhow::{Context as _, Result};

/// The resident set, in bytes, as Linux counts it.
///
/// # Errors
/// On other systems.
pub fn resident() -> Result<usize> {
    const PAGE: usize = 4096;
    let statm = fs::read_to_string("/proc/self/statm").context("memory is measured on Linux only")?;
    let pages = statm.split_whitespace().nth(1).context("a resident set")?;
    Ok(pages.parse::<usize>()? * PAGE)
}
