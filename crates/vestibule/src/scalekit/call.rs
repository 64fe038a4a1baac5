use std::marker::PhantomData;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::ScalekitError;
use crate::{
    AccessToken, ProviderTime, RetryAfter,
    exchange::{Exchange, bearer, get},
    json::parse_object,
};

/// One call of Scalekit's API.
pub(super) struct Call<'a, T> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) token: &'a AccessToken,
    pub(super) answer: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Exchange for Call<'_, T> {
    type Answer = T;
    type Error = ScalekitError;

    fn request(&self) -> Request<Bytes> {
        let mut request = get(self.url);
        request.headers_mut().extend(bearer(self.token).map(|value| (header::AUTHORIZATION, value)));
        if self.method == Method::POST {
            *request.method_mut() = Method::POST;
            *request.body_mut() = Bytes::from_static(b"{}");
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        request
    }

    fn accept(self, response: Response<Bytes>, now: ProviderTime) -> Result<T, ScalekitError> {
        match response.status().as_u16() {
            200 => {
                let object = parse_object(response.body()).map_err(|_| ScalekitError::InvalidResponse)?;
                T::deserialize(Value::Object(object)).map_err(|_| ScalekitError::InvalidResponse)
            }
            401 => Err(ScalekitError::Unauthorized),
            429 | 500..=599 => {
                Err(ScalekitError::Unavailable { retry_after: RetryAfter::read(response.headers(), now) })
            }
            status => {
                let error_code = parse_object(response.body()).ok().and_then(|object| error_code(&object));
                Err(ScalekitError::Refused { status, error_code })
            }
        }
    }
}

/// The first one among the details of an error.
fn error_code(object: &Map<String, Value>) -> Option<String> {
    let details = object.get("details")?.as_array()?;
    let code = details.iter().find_map(|detail| detail.get("error_code")?.as_str())?;
    let is_name = (1..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| code.to_owned())
}
