//! Programs for Node.js and their packages, installed once for each lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Command;

use crate::process::{run_to_end, work_folder};

const OLDEST_NODE: u32 = 20;

/// Puts a program and its packages into the folder `name`, and returns that folder. Its sources, by file name, are compiled
/// in, so that this harness needs no path to the checkout.
pub(crate) async fn install(name: &str, sources: &[(&str, &str)]) -> Result<PathBuf> {
    check_node().await?;
    let folder = work_folder().join(name);
    fs::create_dir_all(&folder)?;
    for (name, content) in sources {
        fs::write(folder.join(name), content).with_context(|| format!("cannot write {name}"))?;
    }
    let installed = folder.join("node_modules/installed-from-lock.json");
    let lock = fs::read(folder.join("package-lock.json"))?;
    if fs::read(&installed).is_ok_and(|from| from == lock) {
        return Ok(folder);
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    run_to_end("npm", &mut npm).await?;
    fs::write(&installed, lock)?;
    Ok(folder)
}

/// The installed version of the npm package `name`.
pub(crate) fn version_of(name: &str, folder: &Path) -> Result<String> {
    let manifest = fs::read_to_string(folder.join("node_modules").join(name).join("package.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    Ok(manifest["version"].as_str().context("a package without a version")?.to_owned())
}

async fn check_node() -> Result<()> {
    let answer = Command::new("node").arg("--version").output().await;
    let Ok(answer) = answer else {
        bail!("node is not on PATH: install Node.js {OLDEST_NODE} or newer, with npm");
    };
    let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(major >= Some(OLDEST_NODE), "node is {version}: install Node.js {OLDEST_NODE} or newer");
    Ok(())
}
