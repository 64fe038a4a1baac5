use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vestibule_web::store::{Realm, Scope, SessionKey};

/// What one realm's keys are called. All carry the same hash tag, so that one script may touch any of them.
#[derive(Debug)]
pub(crate) struct Keys {
    stem: String,
    pub(crate) meta: String,
    pub(crate) cutoffs: String,
    pub(crate) spared: String,
    pub(crate) log: String,
    pub(crate) spent: String,
    pub(crate) struck: String,
}

impl Keys {
    pub(crate) fn new(prefix: &str, realm: &Realm) -> Self {
        let everything = realm.everything();
        let (tag, _) = everything.as_bytes().split_at(16);
        let stem = format!("{prefix}:v1:{{{}}}:", BASE64_URL_SAFE_NO_PAD.encode(tag));
        let named = |name| format!("{stem}{name}");
        Self {
            meta: named("meta"),
            cutoffs: named("cutoffs"),
            spared: named("spared"),
            log: named("log"),
            spent: named("spent"),
            struck: named("struck"),
            stem,
        }
    }

    /// The record of a session.
    pub(crate) fn record(&self, key: &SessionKey) -> String {
        self.digest("s:", key.as_bytes())
    }

    /// The sessions of a subject.
    pub(crate) fn index(&self, subject: &Scope) -> String {
        self.digest("u:", subject.as_bytes())
    }

    fn digest(&self, kind: &str, digest: &[u8; 32]) -> String {
        let mut key = String::with_capacity(self.stem.len() + 45);
        key.push_str(&self.stem);
        key.push_str(kind);
        BASE64_URL_SAFE_NO_PAD.encode_string(digest, &mut key);
        key
    }
}
