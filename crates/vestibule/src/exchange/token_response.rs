use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

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
    /// These tokens after a refresh brought `newer` ones: what the answer does not renew stays in use (RFC 6749 section 6).
    #[must_use]
    pub fn renewed_by(&self, newer: Self) -> Self {
        Self {
            refresh_token: newer.refresh_token.or_else(|| self.refresh_token.clone()),
            id_token: newer.id_token.or_else(|| self.id_token.clone()),
            scope: newer.scope.or_else(|| self.scope.clone()),
            ..newer
        }
    }

    /// Writes the tokens for storage. The bytes are secret: seal them, or keep them where the system keeps secrets.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let stored = Stored {
            access_token: self.access_token.expose().into(),
            expires_at: self.expires_at,
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
            id_token: self.id_token.as_ref().map(|token| token.expose().into()),
            scope: self.scope.as_deref().map(Into::into),
        };
        // Written once and never moved: nothing of it stays behind in memory that was given back.
        let mut bytes = Zeroizing::new(Vec::with_capacity(stored.longest()));
        // Strings and numbers always serialise.
        let _ = serde_json::to_writer(&mut *bytes, &stored);
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` for anything else. It proves nothing: whoever can write there
    /// can change it.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            access_token: AccessToken::new(stored.access_token),
            expires_at: stored.expires_at,
            refresh_token: stored.refresh_token.map(RefreshToken::new),
            id_token: stored.id_token.map(RawIdToken::new),
            scope: stored.scope.map(Cow::into_owned),
        })
    }

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

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(rename = "a", borrow)]
    access_token: Cow<'a, str>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<ProviderTime>,
    #[serde(rename = "r", borrow, default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Cow<'a, str>>,
    #[serde(rename = "i", borrow, default, skip_serializing_if = "Option::is_none")]
    id_token: Option<Cow<'a, str>>,
    #[serde(rename = "s", borrow, default, skip_serializing_if = "Option::is_none")]
    scope: Option<Cow<'a, str>>,
}

impl Stored<'_> {
    /// How long it is written, at most: every character of the texts may need an escape.
    fn longest(&self) -> usize {
        let optional = [&self.refresh_token, &self.id_token, &self.scope];
        let texts = optional.into_iter().flatten().chain([&self.access_token]);
        128 + texts.map(|text| text.len() * 6).sum::<usize>()
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
