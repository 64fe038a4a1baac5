//! Keycloak's server, unpacked from Maven Central and prepared once for each version.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::process::Command;

use super::java;
use crate::process::{run_to_end, work_folder};

pub(super) const VERSION: &str = "26.7.3";
const UNPACK: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";
const OLDEST_JAVA: u32 = 17;

/// What nothing here needs, and the server would spend seconds of each start on.
const SWITCHED_OFF: &str = "account,admin,ciba,kerberos,passkeys";

/// Puts the server into a folder, and returns that folder.
pub(super) async fn server() -> Result<PathBuf> {
    check_java().await?;
    let folder = work_folder().join(format!("keycloak-{VERSION}"));
    let prepared = folder.join("prepared-for-interop");
    if fs::read_to_string(&prepared).is_ok_and(|how| how == SWITCHED_OFF) {
        return Ok(folder);
    }
    download().await?;
    // Decides now what every start would otherwise decide again.
    let mut build = java::command(&folder);
    build.args(["build", "--db=dev-file", &format!("--features-disabled={SWITCHED_OFF}")]);
    run_to_end("keycloak-build", &mut build).await?;
    fs::write(&prepared, SWITCHED_OFF)?;
    Ok(folder)
}

async fn download() -> Result<()> {
    let mut maven = Command::new("mvn");
    maven
        .args(["--batch-mode", "--strict-checksums", "--no-transfer-progress", UNPACK])
        .arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:tar.gz"))
        .arg(format!("-DoutputDirectory={}", work_folder().display()))
        .current_dir(work_folder());
    run_to_end("maven", &mut maven).await.context("Maven is needed to download Keycloak")
}

async fn check_java() -> Result<()> {
    let Ok(answer) = Command::new("java").arg("-version").output().await else {
        bail!("java is not on PATH: install a Java runtime {OLDEST_JAVA} or newer, and Maven");
    };
    // `openjdk version "17.0.15" 2025-04-15`
    let told = String::from_utf8_lossy(&answer.stderr).into_owned();
    let major = told.split('"').nth(1).and_then(|version| version.split(['.', '-']).next());
    let major = major.and_then(|major| major.parse::<u32>().ok());
    ensure!(major >= Some(OLDEST_JAVA), "java is too old, install {OLDEST_JAVA} or newer: {told}");
    Ok(())
}

/// Removes what an earlier run left in the database, and puts `realm` where the server imports it from.
pub(super) fn lay_out(folder: &Path, realm: &str) -> Result<()> {
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data).with_context(|| format!("cannot remove {}", data.display()))?;
    }
    let import = data.join("import");
    fs::create_dir_all(&import)?;
    fs::write(import.join("realm.json"), realm)?;
    Ok(())
}
