use bytes::Bytes;
use http::Response;
use serde_json::json;
use vestibule::testing::{TestIssuer, json_response};

use super::Inner;

impl Inner {
    pub(super) fn metadata(&self, issuer: &TestIssuer) -> Response<Bytes> {
        let at = |path: &str| format!("{}{path}", issuer.issuer());
        let mut document = json!({
            "issuer": issuer.issuer(),
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "userinfo_endpoint": at("/userinfo"),
            "revocation_endpoint": at("/revoke"),
            "introspection_endpoint": at("/introspect"),
            "end_session_endpoint": at("/logout"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
        });
        if let Some(alter) = &self.alter_metadata {
            alter(&mut document);
        }
        json_response(200, &document)
    }
}
