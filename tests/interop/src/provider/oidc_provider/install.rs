//! The npm packages of the provider.

use std::path::PathBuf;

use anyhow::Result;

use crate::npm;

const SOURCES: [(&str, &str); 5] = [
    ("package.json", include_str!("../../../oidc-provider/package.json")),
    ("package-lock.json", include_str!("../../../oidc-provider/package-lock.json")),
    ("provider.mjs", include_str!("../../../oidc-provider/provider.mjs")),
    ("control.mjs", include_str!("../../../oidc-provider/control.mjs")),
    ("journal.mjs", include_str!("../../../oidc-provider/journal.mjs")),
];

/// Puts the provider and its packages into a folder, and returns that folder.
pub(super) async fn provider() -> Result<PathBuf> {
    npm::install("oidc-provider", &SOURCES).await
}
