use std::collections::BTreeMap;

use base64::{Engine, prelude::*};
use bytes::Bytes;
use http::{Request, Response, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vestibule::testing::{TestIssuer, json_response};

use super::{ACCESS_TOKEN_LIFETIME, Inner, Sso, grant::Grant};

pub(super) type Form = BTreeMap<String, String>;
/// An OAuth error: status and code.
pub(super) type Refusal = (u16, &'static str);

impl Inner {
    pub(super) fn token(
        &mut self,
        issuer: &TestIssuer,
        now: u64,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        let outcome = self.authenticated(request).and_then(|(client_id, form)| {
            match form.get("grant_type").map(String::as_str) {
                Some("authorization_code") => self.exchange(issuer, now, &client_id, &form),
                Some("refresh_token") => self.refresh(issuer, now, &client_id, &form),
                _ => Err((400, "unsupported_grant_type")),
            }
        });
        match outcome {
            Ok(mut answer) => {
                if let Some(alter) = &self.alter_token_answer {
                    alter(&mut answer);
                }
                json_response(200, &answer)
            }
            Err((status, error)) => json_response(status, &json!({ "error": error })),
        }
    }

    pub(super) fn user_info(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let bearer =
            header_text(request, header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        match bearer.and_then(|token| self.grants.of_access_token(token)) {
            Some(grant) => json_response(200, &json!({ "sub": grant.sso.user, "name": grant.sso.user })),
            None => json_response(401, &json!({ "error": "invalid_token" })),
        }
    }

    pub(super) fn revoke(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        match self.authenticated(request) {
            Ok((client_id, form)) => {
                self.grants.revoke(&client_id, form.get("token").map_or("", String::as_str));
                json_response(200, &json!({}))
            }
            Err((status, error)) => json_response(status, &json!({ "error": error })),
        }
    }

    fn exchange(
        &mut self,
        issuer: &TestIssuer,
        now: u64,
        client_id: &str,
        form: &Form,
    ) -> Result<Value, Refusal> {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let code = self.grants.take(field("code")).ok_or((400, "invalid_grant"))?;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
        self.secrets.push(field("code_verifier").to_owned());
        let proven = !self.requires_pkce || challenge == code.challenge;
        if code.client_id != client_id || code.redirect_uri != field("redirect_uri") || !proven {
            return Err((400, "invalid_grant"));
        }
        let (access_token, refresh_token) = (self.access_token(), self.secret("refresh"));
        let id_token = self.id_token(issuer, now, client_id, &code.nonce, &code.sso);
        let mut answer = answer(&access_token, &id_token);
        let mut refresh_tokens = Vec::new();
        if code.offline {
            answer["refresh_token"] = json!(refresh_token);
            refresh_tokens.push(refresh_token);
        }
        self.grants.keep(Grant {
            client_id: client_id.to_owned(),
            nonce: code.nonce,
            sso: code.sso,
            access_tokens: vec![access_token],
            refresh_tokens,
            ended: false,
        });
        Ok(answer)
    }

    /// Every refresh token is good once.
    fn refresh(
        &mut self,
        issuer: &TestIssuer,
        now: u64,
        client_id: &str,
        form: &Form,
    ) -> Result<Value, Refusal> {
        let (access_token, refresh_token) = (self.access_token(), self.secret("refresh"));
        let spent = form.get("refresh_token").map_or("", String::as_str);
        let grant = self.grants.spend(client_id, spent).ok_or((400, "invalid_grant"))?;
        grant.access_tokens.push(access_token.clone());
        grant.refresh_tokens.push(refresh_token.clone());
        let (nonce, sso) = (grant.nonce.clone(), grant.sso.clone());
        let id_token = self.id_token(issuer, now, client_id, &nonce, &sso);
        let mut answer = answer(&access_token, &id_token);
        answer["refresh_token"] = json!(refresh_token);
        Ok(answer)
    }

    /// Ends in its serial number, which is all that an application may show of it.
    fn access_token(&mut self) -> String {
        let secret = self.secret("access");
        format!("{secret}.{}", self.next_serial())
    }

    fn id_token(&mut self, issuer: &TestIssuer, now: u64, client_id: &str, nonce: &str, sso: &Sso) -> String {
        let now = vestibule::ProviderTime::from_secs(now);
        let mut claims = issuer.id_token_claims(client_id, nonce, now);
        claims["sub"] = json!(sso.user);
        claims["sid"] = json!(sso.sid);
        claims["auth_time"] = json!(sso.authenticated_at);
        claims["name"] = json!(format!("canary-claim-{}", sso.user));
        if let Some(acr) = &sso.acr {
            claims["acr"] = json!(acr);
        }
        for (name, value) in self.claims.get(&sso.user).and_then(Value::as_object).into_iter().flatten() {
            claims[name] = value.clone();
        }
        if let Some(alter) = &self.alter_id_token {
            alter(&mut claims);
        }
        let token = issuer.sign(&claims);
        self.secrets.push(token.clone());
        token
    }

    /// Who calls, proven by `client_secret_basic`, and the form that was sent.
    pub(super) fn authenticated(&self, request: &Request<Bytes>) -> Result<(String, Form), Refusal> {
        const INVALID: Refusal = (401, "invalid_client");
        let basic =
            header_text(request, header::AUTHORIZATION).and_then(|value| value.strip_prefix("Basic "));
        let pair = basic.and_then(|pair| BASE64_STANDARD.decode(pair).ok()).ok_or(INVALID)?;
        let pair = String::from_utf8(pair).map_err(|_| INVALID)?;
        let (client_id, secret) = pair.split_once(':').ok_or(INVALID)?;
        if self.clients.get(client_id).is_none_or(|client| client.secret != secret) {
            return Err(INVALID);
        }
        let form = url::form_urlencoded::parse(request.body()).into_owned().collect();
        Ok((client_id.to_owned(), form))
    }
}

fn answer(access_token: &str, id_token: &str) -> Value {
    json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_LIFETIME,
        "id_token": id_token,
    })
}

fn header_text(request: &Request<Bytes>, name: http::HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}
