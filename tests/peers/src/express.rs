//! express-openid-connect, on Node.js.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::process::{folder, run, sources};

const FILES: [&str; 3] = ["package.json", "package-lock.json", "server.mjs"];

/// Installs the packages of the lock file, in cargo's target folder.
pub(crate) fn install() -> Result<()> {
    let here = here()?;
    for file in FILES {
        let from = sources().join("express").join(file);
        fs::copy(&from, here.join(file)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let installed = here.join("node_modules/installed-from-lock.json");
    let lock = fs::read(here.join("package-lock.json"))?;
    if fs::read(&installed).is_ok_and(|from| from == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&here);
    run(&mut npm).context("Node.js 20 or newer and npm are needed")?;
    Ok(fs::write(installed, lock)?)
}

pub(crate) fn command() -> Result<Command> {
    let mut command = Command::new("node");
    command.arg("server.mjs").env("NODE_ENV", "production").current_dir(here()?);
    Ok(command)
}

pub(crate) fn version_of(package: &str) -> Result<String> {
    let manifest = fs::read(here()?.join("node_modules").join(package).join("package.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    Ok(manifest["version"].as_str().context("a package without a version")?.to_owned())
}

fn here() -> Result<PathBuf> {
    folder("express")
}
