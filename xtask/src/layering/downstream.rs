//! What an application ships that uses one of our crates: a fresh crate for each, its tree and its lock file.

use std::path::PathBuf;
use std::{fmt, fs};

use anyhow::{Context as _, Result, ensure};

use super::tree::{self, Built};
use crate::cargo::{build_folder, cargo, workspace};
use crate::metadata::Metadata;

/// A crate that applications use.
pub(super) struct Shipped {
    name: &'static str,
    features: Features,
    /// What it is not built with, beside [`BANNED`].
    not_built: &'static [&'static str],
}

enum Features {
    /// Default features off.
    None,
    /// Every feature there is.
    All,
}

pub(super) const SHIPPED: &[Shipped] = &[
    Shipped {
        name: "vestibule",
        features: Features::None,
        not_built: &["actix-web", "axum", "hyper", "reqwest", "rustls", "tokio", "tower"],
    },
    Shipped {
        name: "vestibule",
        features: Features::All,
        not_built: &["actix-web", "axum", "vestibule-web"],
    },
    Shipped { name: "vestibule-web", features: Features::All, not_built: &["actix-web", "axum"] },
    Shipped { name: "vestibule-actix", features: Features::All, not_built: &["axum"] },
    Shipped { name: "vestibule-axum", features: Features::All, not_built: &["actix-web"] },
    Shipped { name: "vestibule-redis", features: Features::All, not_built: &["actix-web", "axum"] },
    Shipped { name: "vestibule-sql", features: Features::All, not_built: &["actix-web", "axum"] },
    Shipped {
        name: "vestibule-native",
        features: Features::All,
        not_built: &["actix-web", "axum", "vestibule-web"],
    },
];

/// What no application may be made to ship: package, where it must not be, why.
const BANNED: &[(&str, Place, &str)] = &[
    ("oauth2", Place::LockFile, "the wire is ours"),
    ("openidconnect", Place::LockFile, "it brings rsa, and keys that never rotate"),
    ("openssl", Place::LockFile, "TLS is rustls"),
    ("openssl-sys", Place::LockFile, "TLS is rustls"),
    ("native-tls", Place::LockFile, "TLS is rustls"),
    ("ring", Place::Tree, "one cryptographic library: aws-lc-rs"),
    ("rsa", Place::LockFile, "RUSTSEC-2023-0071: a timing side channel without a fix"),
    ("vestibule-dev-idp", Place::LockFile, "it is for development"),
];

/// Where a package must not be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among the packages that are built, on any platform.
    Tree,
    /// Nor in the lock file, which also lists what features that are off would bring, and which audits read.
    LockFile,
}

/// The dependencies of an application.
pub(super) struct Application {
    pub(super) tree: Vec<Built>,
    locked: Vec<String>,
}

/// A system of each sort that applications run on: on others, dependencies bring what ours never meet.
const TARGETS: [&str; 4] =
    ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc", "wasm32-unknown-unknown"];

/// Makes a crate that depends on `shipped` alone, and resolves it with the versions of our own lock file.
pub(super) fn resolve(shipped: &Shipped, metadata: &Metadata) -> Result<Application> {
    let folder = fresh_crate(shipped, metadata)?;
    let mut tree = cargo(["tree", "--edges=normal,build", "--prefix=depth", "--format= {p}"]);
    tree.args(TARGETS.map(|target| format!("--target={target}")));
    let output = tree.current_dir(&folder).output().context("cannot start cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree failed for {shipped}:\n{said}");
    let tree = tree::read(&String::from_utf8_lossy(&output.stdout));
    ensure!(tree.iter().any(|package| package.name == shipped.name), "{shipped} is not in its own tree");
    Ok(Application { tree, locked: names(&fs::read_to_string(folder.join("Cargo.lock"))?) })
}

fn fresh_crate(shipped: &Shipped, metadata: &Metadata) -> Result<PathBuf> {
    let folder = build_folder()?.join("layering").join(shipped.to_string());
    fs::create_dir_all(folder.join("src")).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(folder.join("Cargo.toml"), shipped.manifest(metadata)?)?;
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    Ok(folder)
}

impl Shipped {
    /// The manifest of an application that uses this crate and nothing else.
    fn manifest(&self, metadata: &Metadata) -> Result<String> {
        let name = self.name;
        let package = metadata.package(name).with_context(|| format!("{name} is not in the workspace"))?;
        let features: Vec<&String> = match self.features {
            Features::None => Vec::new(),
            Features::All => package.features.keys().collect(),
        };
        let path = workspace().join("crates").join(name);
        Ok(format!(
            "[package]\nname = \"an-application\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{name} = {{ path = {path:?}, default-features = false, features = {features:?} }}\n"
        ))
    }
}

impl fmt::Display for Shipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let features = match self.features {
            Features::None => "no features",
            Features::All => "all features",
        };
        write!(f, "{} ({features})", self.name)
    }
}

impl Application {
    /// The banned packages that are there, each with the path to it.
    pub(super) fn violations(&self, shipped: &Shipped) -> Vec<String> {
        let layer = shipped.not_built.iter().map(|name| (*name, Place::Tree, "it is no part of this layer"));
        let banned = BANNED.iter().copied().chain(layer);
        let there = banned.filter_map(|(name, place, why)| Some((name, why, self.path_to(name, place)?)));
        there.map(|(name, why, path)| format!("{shipped}: {name} ({why}): {path}")).collect()
    }

    fn path_to(&self, name: &str, place: Place) -> Option<String> {
        if let Some(built) = self.tree.iter().find(|built| built.name == name) {
            return Some(built.path.join(" → "));
        }
        let locked = place == Place::LockFile && self.locked.iter().any(|locked| locked == name);
        locked.then(|| "in the lock file, by a feature that is off".to_owned())
    }
}

/// The names of the packages in a lock file.
fn names(lock: &str) -> Vec<String> {
    let name = |line: &str| Some(line.strip_prefix("name = \"")?.strip_suffix('"')?.to_owned());
    lock.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(tree: &str, lock: &str) -> Vec<String> {
        Application { tree: tree::read(tree), locked: names(lock) }.violations(&SHIPPED[0])
    }

    #[test]
    fn a_banned_package_is_named_with_its_path() {
        assert_eq!(
            violations(
                "0 an-application v0\n1 vestibule v0\n2 jsonwebtoken v1\n3 rsa v0",
                "name = \"rsa\"\n"
            ),
            ["vestibule (no features): rsa (RUSTSEC-2023-0071: a timing side channel without a fix): \
              an-application → vestibule → jsonwebtoken → rsa"]
        );
    }

    #[test]
    fn a_package_of_another_layer_is_named_with_its_path() {
        assert_eq!(
            violations("0 an-application v0\n1 vestibule v0\n2 tokio v1", ""),
            [
                "vestibule (no features): tokio (it is no part of this layer): an-application → vestibule → tokio"
            ]
        );
    }

    #[test]
    fn what_audits_report_must_not_even_be_locked() {
        assert_eq!(
            violations(
                "0 an-application v0",
                "name = \"openidconnect\"\nname = \"ring\"\nname = \"tokio\"\n"
            ),
            ["vestibule (no features): openidconnect (it brings rsa, and keys that never rotate): \
              in the lock file, by a feature that is off"]
        );
    }

    #[test]
    fn a_name_that_only_begins_like_a_banned_one_passes() {
        assert_eq!(violations("0 an-application v0\n1 ring-buffer v0", "name = \"rsa-names\"\n"), [""; 0]);
    }
}
