use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::{Exchange, bearer, get};
use crate::{AccessToken, Error, ProviderTime, UserInfoError, transport::Limits};

/// Asks for claims about the user (OpenID Connect Core section 5.3.1).
pub(crate) struct FetchUserInfo<'a> {
    pub(crate) endpoint: &'a url::Url,
    pub(crate) access_token: &'a AccessToken,
}

/// The answer before any rule was applied.
pub(crate) struct UserInfoAnswer {
    pub(crate) signed: bool,
    pub(crate) body: Bytes,
}

impl Exchange for FetchUserInfo<'_> {
    type Answer = UserInfoAnswer;
    type Error = Error;

    fn request(&self) -> Request<Bytes> {
        let mut request = get(self.endpoint);
        request.headers_mut().extend(bearer(self.access_token).map(|value| (header::AUTHORIZATION, value)));
        request
            .headers_mut()
            .insert(header::ACCEPT, HeaderValue::from_static("application/json, application/jwt"));
        request
    }

    fn limits(&self) -> Limits {
        Limits::USER_INFO
    }

    fn accept(self, response: Response<Bytes>, _: ProviderTime) -> Result<UserInfoAnswer, Error> {
        if response.status() != StatusCode::OK {
            return Err(UserInfoError::Status(response.status().as_u16()).into());
        }
        let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase());
        let signed = match media_type.as_deref() {
            Some("application/json") => false,
            Some("application/jwt") => true,
            _ => return Err(UserInfoError::MediaType.into()),
        };
        Ok(UserInfoAnswer { signed, body: response.into_body() })
    }
}
