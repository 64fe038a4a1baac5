use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use url::Url;
use vestibule::{RedirectUri, ResourceServer};

use crate::{
    ConfigError,
    http::{Reply, RequestHead, reply},
};

/// What the API says about itself (RFC 9728).
pub(super) struct Metadata {
    /// Where it says so.
    pub(super) url: String,
    path: String,
    document: Bytes,
}

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

impl Metadata {
    pub(super) fn new(
        resource: &str,
        resource_server: &ResourceServer,
        scopes: &[String],
    ) -> Result<Self, ConfigError> {
        // A redirect URI is held to the same rules: https, or http on a loopback host.
        RedirectUri::new(resource).map_err(|_| ConfigError::ApiUrl)?;
        let mut url = Url::parse(resource).map_err(|_| ConfigError::ApiUrl)?;
        if url.query().is_some() {
            return Err(ConfigError::ApiUrl);
        }
        // The well-known path stands before that of the API, which loses a slash at its end (section 3.1).
        let path = format!("{WELL_KNOWN}{}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let mut document = json!({
            "resource": resource,
            "authorization_servers": resource_server.issuers().collect::<Vec<_>>(),
            "bearer_methods_supported": ["header"],
        });
        if let (Some(members), false) = (document.as_object_mut(), scopes.is_empty()) {
            members.insert("scopes_supported".into(), scopes.into());
        }
        Ok(Self { url: url.into(), path, document: document.to_string().into() })
    }

    pub(super) fn serve(&self, head: &RequestHead<'_>) -> Option<Reply> {
        if head.path != self.path {
            return None;
        }
        if !matches!(head.method, "GET" | "HEAD") {
            return Some(reply::method_not_allowed("GET, HEAD"));
        }
        let mut reply = reply::empty(StatusCode::OK);
        if head.method == "GET" {
            *reply.body_mut() = self.document.clone();
        }
        let headers = reply.headers_mut();
        headers.remove(header::VARY);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Some(reply)
    }
}
