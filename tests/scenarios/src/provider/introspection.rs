use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use vestibule::{Clock, testing::json_response};

use super::{IdentityProvider, Inner};

impl IdentityProvider {
    /// An access token of the user `alice` for an API, which tells nothing by itself.
    pub fn opaque_token(&self, audience: &str) -> String {
        let now = self.clock.now().as_secs();
        let mut inner = self.lock();
        let token = inner.secret("opaque");
        let claims = json!({
            "active": true,
            "iss": self.issuer.issuer(),
            "sub": "alice",
            "aud": audience,
            "client_id": "cli",
            "scope": "orders:read",
            "iat": now,
            "exp": now + 300,
            "token_type": "Bearer",
        });
        inner.opaque.insert(token.clone(), claims);
        token
    }
}

impl Inner {
    /// Answers by what the token was made with (RFC 7662 section 2.2).
    pub(super) fn introspect(&self, request: &Request<Bytes>) -> Response<Bytes> {
        match self.authenticated(request) {
            Ok((_, form)) => {
                let known = form.get("token").and_then(|token| self.opaque.get(token));
                json_response(200, known.unwrap_or(&json!({ "active": false })))
            }
            Err((status, error)) => json_response(status, &json!({ "error": error })),
        }
    }
}
