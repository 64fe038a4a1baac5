use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::json;

use super::grants::{Decision, Grant, Grants};
use crate::{
    Clock, CodeVerifier, form,
    login::challenge,
    testing::{TestClock, TestIssuer, json_response},
};

pub(super) fn answer(
    request: &Request<Bytes>,
    issuer: &TestIssuer,
    clock: &TestClock,
    grants: &Grants,
) -> Response<Bytes> {
    let base = issuer.issuer().trim_end_matches('/');
    let url = request.uri().to_string();
    match (request.method(), url.strip_prefix(base).unwrap_or_default()) {
        (&Method::GET, "/.well-known/openid-configuration") => json_response(200, &metadata(issuer, base)),
        (&Method::GET, "/jwks") => json_response(200, &issuer.jwks()),
        (&Method::GET, "/userinfo") => json_response(200, &json!({ "sub": "alice", "name": "Alice" })),
        (&Method::POST, "/token") => token(request.body(), issuer, clock, grants),
        (&Method::POST, "/device_authorization") => device_authorization(request.body(), base, grants),
        (&Method::POST, "/revoke") => json_response(200, &json!({})),
        _ => json_response(404, &json!({ "error": "not_found" })),
    }
}

fn metadata(issuer: &TestIssuer, base: &str) -> serde_json::Value {
    json!({
        "issuer": issuer.issuer(),
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "revocation_endpoint": format!("{base}/revoke"),
        "end_session_endpoint": format!("{base}/logout"),
        "device_authorization_endpoint": format!("{base}/device_authorization"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

fn device_authorization(body: &[u8], base: &str, grants: &Grants) -> Response<Bytes> {
    let mut fields = fields(body);
    let client_id = fields.remove("client_id").unwrap_or_default();
    let grant = Grant { client_id, nonce: None, challenge: fields.remove("code_challenge") };
    let (device_code, user_code) = grants.keep_for_device(grant);
    json_response(
        200,
        &json!({
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": format!("{base}/device"),
            "verification_uri_complete": format!("{base}/device?user_code={user_code}"),
            "expires_in": 600,
            "interval": 5,
        }),
    )
}

fn token(body: &[u8], issuer: &TestIssuer, clock: &TestClock, grants: &Grants) -> Response<Bytes> {
    let fields = fields(body);
    if fields.get("grant_type").is_some_and(|grant| grant == "client_credentials") {
        let token = json!({ "access_token": grants.next_name(), "token_type": "Bearer", "expires_in": 300 });
        return json_response(200, &token);
    }
    let grant = match fields.get("device_code").map(|code| grants.decision(code)) {
        Some(Decision::Pending) => return refusal("authorization_pending"),
        Some(Decision::Denied) => return refusal("access_denied"),
        Some(Decision::Unknown) => None,
        Some(Decision::Approved(grant)) => Some(grant),
        None => {
            let name = fields.get("code").or_else(|| fields.get("refresh_token"));
            name.and_then(|name| grants.take(name))
        }
    };
    let proven = fields.get("code_verifier").map(|verifier| challenge(&CodeVerifier::new(verifier)));
    let Some(grant) = grant.filter(|grant| grant.challenge == proven) else {
        return refusal("invalid_grant");
    };
    let nonce = grant.nonce.as_deref();
    let mut claims = issuer.id_token_claims(&grant.client_id, nonce.unwrap_or_default(), clock.now());
    if let (None, Some(claims)) = (nonce, claims.as_object_mut()) {
        claims.remove("nonce");
    }
    json_response(
        200,
        &json!({
            "access_token": grants.next_name(),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": issuer.sign(&claims),
            "refresh_token": grants.keep(Grant { challenge: None, ..grant }),
        }),
    )
}

fn fields(body: &[u8]) -> BTreeMap<String, String> {
    let pairs = std::str::from_utf8(body).ok().and_then(|body| form::parse(body).ok());
    pairs.unwrap_or_default().into_iter().collect()
}

fn refusal(error: &str) -> Response<Bytes> {
    json_response(400, &json!({ "error": error }))
}
