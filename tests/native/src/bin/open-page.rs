//! Opens its argument as an application would: to be run with a `BROWSER` that tells what it was given.

use anyhow::Context;
use url::Url;
use vestibule_native::{Browser, SystemBrowser};

fn main() -> anyhow::Result<()> {
    let url = std::env::args().nth(1).context("which page?")?;
    Ok(SystemBrowser.open(&Url::parse(&url)?)?)
}
