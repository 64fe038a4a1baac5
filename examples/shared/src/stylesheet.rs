use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::Site;

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
}

/// `GET /style.css`
pub async fn stylesheet(State(site): State<Arc<Site>>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, site.stylesheet.css.clone()).into_response()
}
