use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The cookie names of one application.
///
/// Names end in a hash of issuer and client, since neither ports nor paths keep two applications' cookies apart. On
/// https they carry the `__Host-` prefix: no sibling domain can set them.
#[derive(Clone, Debug)]
pub(crate) struct CookieNames {
    /// The session handle.
    pub(crate) session: String,
    /// What the names of a sealed session's cookies start with. Its version and the number of the cookie follow, or
    /// [`ENDED`](Self::ENDED).
    pub(crate) sealed_prefix: String,
    /// The start of every pending login's name; a hash of its `state` follows.
    pub(crate) pending_prefix: String,
    /// The `state` of a logout under way.
    pub(crate) logout: String,
    /// That the provider was asked about this browser.
    pub(crate) silent: String,
}

impl CookieNames {
    pub(crate) const ENDED: &str = "ended";

    pub(crate) fn new(issuer: &str, client_id: &str, secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        let tag = short_hash(&[issuer.as_bytes(), client_id.as_bytes()], 4);
        Self {
            session: format!("{prefix}vs-{tag}"),
            sealed_prefix: format!("{prefix}vs-{tag}."),
            pending_prefix: format!("{prefix}vp-{tag}-"),
            logout: format!("{prefix}vl-{tag}"),
            silent: format!("{prefix}vq-{tag}"),
        }
    }

    /// What the names of the cookies of one version of a sealed session start with.
    pub(crate) fn sealed(&self, version: u64) -> String {
        format!("{}{version}", self.sealed_prefix)
    }

    /// The cookie that remembers which sealed sessions ended in this browser.
    pub(crate) fn ended_here(&self) -> String {
        format!("{}{}", self.sealed_prefix, Self::ENDED)
    }

    /// The cookie of the pending login with this `state`.
    pub(crate) fn pending(&self, state: &str) -> String {
        format!("{}{}", self.pending_prefix, short_hash(&[state.as_bytes()], 8))
    }
}

fn short_hash(parts: &[&[u8]], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(bytes).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
