use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::Page;

/// The one stylesheet of an application: what both examples share, then its own.
#[derive(Debug)]
pub(crate) struct Stylesheet {
    css: String,
    /// With a digest of the content, so that browsers may keep it for ever.
    pub(crate) path: String,
}

impl Stylesheet {
    pub(crate) fn new(own: &str) -> Self {
        let css = [include_str!("base.css"), own].concat();
        let mut hasher = DefaultHasher::new();
        css.hash(&mut hasher);
        Self { css, path: format!("/style.css?{:016x}", hasher.finish()) }
    }

    pub(crate) fn page(&self) -> Page {
        Page::new(&self.css)
            .header("content-type", "text/css; charset=utf-8")
            .header("cache-control", "public, max-age=31536000, immutable")
            .header("x-content-type-options", "nosniff")
    }
}
