use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};
use url::Url;

use super::{Authentication, Exchange, RetryAfter, form::Form};
use crate::{
    CodeVerifier, DeviceCode, DeviceError, DeviceRequest, ProviderMetadata, ProviderRefusal, ProviderTime,
    UserCode,
    endpoint::{is_allowed, is_plainly_written},
    json::parse_object,
    login::challenge,
};

/// Begins a login on another device (RFC 8628 section 3.1). Providers that know no PKCE here leave it unread.
pub(crate) struct AuthorizeDevice<'a> {
    pub(crate) endpoint: &'a Url,
    pub(crate) metadata: &'a ProviderMetadata,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) request: &'a DeviceRequest,
    pub(crate) verifier: &'a CodeVerifier,
}

/// What the provider gave out (RFC 8628 section 3.2).
pub(crate) struct DeviceAuthorization {
    pub(crate) device_code: DeviceCode,
    pub(crate) user_code: UserCode,
    pub(crate) verification_uri: Url,
    pub(crate) verification_uri_complete: Option<Url>,
    pub(crate) expires_in: Duration,
    pub(crate) interval: Option<Duration>,
}

impl Exchange for AuthorizeDevice<'_> {
    type Answer = DeviceAuthorization;
    type Error = DeviceError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("scope", &self.request.scope(self.metadata));
        form.add("code_challenge", &challenge(self.verifier));
        form.add("code_challenge_method", "S256");
        for (name, value) in self.request.extra() {
            form.add(name, value);
        }
        self.authentication.sign(self.endpoint, self.client_id, form)
    }

    fn accept(
        self,
        response: Response<Bytes>,
        now: ProviderTime,
    ) -> Result<DeviceAuthorization, DeviceError> {
        let object = parse_object(response.body()).ok();
        match (response.status().as_u16(), object) {
            (200, Some(object)) => DeviceAuthorization::read(&object).map_err(DeviceError::InvalidResponse),
            (200, None) => Err(DeviceError::InvalidResponse("body")),
            (429 | 500..=599, _) => {
                Err(DeviceError::Unavailable { retry_after: RetryAfter::read(response.headers(), now) })
            }
            (400..=499, Some(object)) => Err(ProviderRefusal::read(&object)
                .map_or(DeviceError::InvalidResponse("error"), DeviceError::Refused)),
            _ => Err(DeviceError::InvalidResponse("status")),
        }
    }
}

impl DeviceAuthorization {
    /// The error names the member that is wrong.
    fn read(object: &Map<String, Value>) -> Result<Self, &'static str> {
        let text = |member| object.get(member).and_then(Value::as_str);
        let seconds = |member| object.get(member).map(|value| value.as_u64().map(Duration::from_secs));
        let device_code = text("device_code").filter(|code| is_code(code)).ok_or("device_code")?;
        let verification_uri = text("verification_uri").and_then(page).ok_or("verification_uri")?;
        let complete = text("verification_uri_complete").and_then(page);
        Ok(Self {
            device_code: DeviceCode::new(device_code),
            user_code: text("user_code").and_then(UserCode::read).ok_or("user_code")?,
            verification_uri_complete: complete.filter(|url| url.origin() == verification_uri.origin()),
            verification_uri,
            expires_in: seconds("expires_in").flatten().ok_or("expires_in")?,
            interval: seconds("interval").map(|interval| interval.ok_or("interval")).transpose()?,
        })
    }
}

fn is_code(text: &str) -> bool {
    (1..=4096).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A page for people, by a URL that may be printed and opened as it is.
fn page(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(is_allowed)?;
    (text.len() <= 2048 && is_plainly_written(text)).then_some(url)
}
