use bytes::Bytes;
use http::{Request, Response};

use super::{Authentication, Exchange, TokenEndpointError, TokenResponse, code::TokenAnswer, form::Form};
use crate::{
    CodeVerifier, DeviceCode, DeviceError, ProviderMetadata, ProviderTime, transport::TransportError,
};

/// Asks whether the user has finished a login on another device (RFC 8628 section 3.4).
pub(crate) struct ExchangeDeviceCode<'a> {
    pub(crate) metadata: &'a ProviderMetadata,
    pub(crate) client_id: &'a str,
    pub(crate) authentication: Authentication<'a>,
    pub(crate) code: &'a DeviceCode,
    pub(crate) verifier: &'a CodeVerifier,
}

/// What the provider says to that (RFC 8628 section 3.5).
pub(crate) enum DeviceAnswer {
    /// Not yet.
    Pending,
    /// Not yet, and it was asked too soon.
    SlowDown,
    /// Tokens, as yet unverified.
    Granted(TokenResponse),
}

impl Exchange for ExchangeDeviceCode<'_> {
    type Answer = DeviceAnswer;
    type Error = DeviceError;

    fn request(&self) -> Request<Bytes> {
        let mut form = Form::new();
        form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        form.add("device_code", self.code.expose());
        form.add("code_verifier", self.verifier.expose());
        self.authentication.sign(&self.metadata.token_endpoint, self.client_id, form)
    }

    fn accept(self, response: Response<Bytes>, now: ProviderTime) -> Result<DeviceAnswer, DeviceError> {
        match TokenAnswer::read(&response, now) {
            Ok(tokens) => Ok(DeviceAnswer::Granted(tokens)),
            Err(TokenEndpointError::Refused(refusal)) => match refusal.error() {
                "authorization_pending" => Ok(DeviceAnswer::Pending),
                "slow_down" => Ok(DeviceAnswer::SlowDown),
                "access_denied" => Err(DeviceError::Denied),
                "expired_token" => Err(DeviceError::Expired),
                "temporarily_unavailable" | "server_error" => {
                    Err(DeviceError::Unavailable { retry_after: None })
                }
                _ => Err(DeviceError::Refused(refusal)),
            },
            Err(TokenEndpointError::InvalidResponse(member)) => Err(DeviceError::InvalidResponse(member)),
            Err(TokenEndpointError::Unavailable { retry_after }) => {
                Err(DeviceError::Unavailable { retry_after })
            }
            Err(TokenEndpointError::OutcomeUnknown(error) | TokenEndpointError::NotSent(error)) => {
                Err(error.into())
            }
        }
    }
}

impl From<TransportError> for DeviceError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}
