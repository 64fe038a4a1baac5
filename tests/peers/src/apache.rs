//! Apache httpd with mod_auth_openidc, from Debian's packages.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    process::{folder, run, sources},
    provider::{SECRET, SUBJECT},
    stage::{KEY, Place},
};

const MODULES: &str = "/usr/lib/apache2/modules";
/// The user that every Debian has for it.
const WWW_DATA: u32 = 33;
const PACKAGES: [&str; 2] = ["apache2-bin", "libapache2-mod-auth-openidc"];

/// Installs the packages where they are missing and that is allowed.
pub(crate) fn install() -> Result<()> {
    if module().exists() {
        return Ok(());
    }
    ensure!(
        is_root(),
        "{} is missing: install the Debian packages {}",
        module().display(),
        PACKAGES.join(" ")
    );
    let mut install = Command::new("apt-get");
    install.args(["install", "-qqy", "--no-install-recommends"]).args(PACKAGES);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The server in the foreground, as an ordinary user.
pub(crate) fn command(place: &Place<'_>) -> Result<Command> {
    let here = configure(place)?;
    let mut command = if is_root() {
        chown(&here, Some(WWW_DATA), Some(WWW_DATA))?;
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={WWW_DATA}")).arg(format!("--regid={WWW_DATA}"));
        command.args(["--clear-groups", "apache2"]);
        command
    } else {
        Command::new("apache2")
    };
    command.args(["-D", "FOREGROUND", "-f"]).arg(here.join("httpd.conf"));
    Ok(command)
}

/// Writes the configuration and the pages.
fn configure(place: &Place<'_>) -> Result<PathBuf> {
    let here = folder("apache")?;
    let pages = here.join("pages");
    fs::create_dir_all(&pages)?;
    for (page, variable) in [("protected", "REMOTE_USER"), ("bare", "SUBJECT")] {
        fs::write(
            pages.join(page).with_extension("shtml"),
            format!("hello <!--#echo var=\"{variable}\" -->"),
        )?;
    }
    let template = fs::read_to_string(sources().join("apache/httpd.conf"))?;
    let configuration = [
        ("{modules}", MODULES),
        ("{here}", here.to_str().context("a path in UTF-8")?),
        ("{issuer}", place.issuer),
        ("{client}", place.name),
        ("{secret}", SECRET),
        ("{key}", KEY),
        ("{subject}", SUBJECT),
        ("{protected}", &place.protected.to_string()),
        ("{bare}", &place.bare.to_string()),
        ("{redirect_uri}", &place.redirect_uri()),
    ]
    .iter()
    .fold(template, |text, (name, value)| text.replace(name, value));
    fs::write(here.join("httpd.conf"), configuration)?;
    Ok(here)
}

pub(crate) fn version_of(package: &str) -> Result<String> {
    let answer = Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]).output()?;
    let version = String::from_utf8(answer.stdout)?;
    // Without the epoch's and Debian's own part.
    Ok(version.split(['-', '+']).next().unwrap_or_default().to_owned())
}

fn module() -> PathBuf {
    Path::new(MODULES).join("mod_auth_openidc.so")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}
