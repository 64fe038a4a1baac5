use std::time::Duration;

use serde_json::{Map, Value};

use crate::{AccessToken, ProviderTime, RawIdToken, RefreshToken, json::parse_object};

/// A successful answer of the token endpoint (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenResponse {
    /// For calling APIs.
    pub access_token: AccessToken,
    /// When the access token ends, if the provider said.
    pub expires_at: Option<ProviderTime>,
    /// For getting the next access token.
    pub refresh_token: Option<RefreshToken>,
    /// Who logged in; not verified by being here.
    pub id_token: Option<RawIdToken>,
    /// The granted scope, when it differs from what was asked.
    pub scope: Option<String>,
}

impl TokenResponse {
    /// Reads the body; the error names the member that is wrong.
    pub(super) fn read(body: &[u8], now: ProviderTime) -> Result<Self, &'static str> {
        let mut object = parse_object(body).map_err(|_| "body")?;
        if object.contains_key("error") {
            return Err("error");
        }
        let token_type = take_text(&mut object, "token_type")?.ok_or("token_type")?;
        if !token_type.eq_ignore_ascii_case("bearer") {
            return Err("token_type");
        }
        Ok(Self {
            access_token: AccessToken::new(take_token(&mut object, "access_token")?.ok_or("access_token")?),
            expires_at: lifetime(&object)?.map(|lifetime| now.plus(lifetime)),
            refresh_token: take_token(&mut object, "refresh_token")?.map(RefreshToken::new),
            id_token: take_token(&mut object, "id_token")?.map(RawIdToken::new),
            scope: take_text(&mut object, "scope")?,
        })
    }
}

/// A token is printable ASCII, and may go into a header (RFC 6749 appendix A.12, A.17).
fn take_token(object: &mut Map<String, Value>, member: &'static str) -> Result<Option<String>, &'static str> {
    let token = take_text(object, member)?;
    let fits = token.as_ref().is_none_or(|token| token.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    if fits { Ok(token) } else { Err(member) }
}

/// Moved out of the document, not copied: what is secret is zeroed with its owner.
fn take_text(object: &mut Map<String, Value>, member: &'static str) -> Result<Option<String>, &'static str> {
    match object.remove(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        // Some providers answer an empty scope when nothing beyond the request was granted.
        Some(Value::String(_)) if member == "scope" => Ok(None),
        Some(_) => Err(member),
    }
}

fn lifetime(object: &Map<String, Value>) -> Result<Option<Duration>, &'static str> {
    match object.get("expires_in") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(|seconds| Some(Duration::from_secs(seconds))).ok_or("expires_in"),
    }
}
