//! Which crate may import which, and what no application may be made to ship.

mod arrows;
mod downstream;
mod tree;

use anyhow::{Result, bail};

use crate::metadata::Metadata;

/// Checks the arrows between our crates, then the dependencies of an application for each crate that applications use.
pub(crate) fn run() -> Result<()> {
    let workspace = Metadata::read()?;
    let mut violations = arrows::violations(&workspace);
    println!("{} crates of the workspace: arrows checked", workspace.packages.len());
    for shipped in downstream::SHIPPED {
        let application = downstream::resolve(shipped, &workspace)?;
        println!("an application with {shipped}: {} packages checked", application.tree.len());
        violations.extend(application.violations(shipped));
    }
    if !violations.is_empty() {
        bail!("the layering is broken:\n  {}", violations.join("\n  "));
    }
    println!("the layering holds");
    Ok(())
}
