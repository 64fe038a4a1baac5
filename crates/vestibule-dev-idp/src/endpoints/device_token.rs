//! `/token`, asked by a device that waits (RFC 8628 section 3.4).

use openidconnect::core::CoreErrorResponseType;
use serde_json::Value;

use crate::application::Application;
use crate::endpoints::parameters::Parameters;
use crate::endpoints::token::{faults, issue, misbehaving};
use crate::event::EventKind;
use crate::messages::id_token::Occasion;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;
use crate::store::{DeviceRefusal, Environment, GrantId};

pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn exchange(
    provider: &Provider,
    application: &Application,
    form: &Parameters,
) -> Result<Value, OAuthError> {
    let client = application.client_id.clone();
    let mut environment = provider.environment();
    let faults = faults(&mut environment, Occasion::Login);
    let polled = misbehaving(&faults).and_then(|()| poll(provider, &mut environment, application, form));
    let id = polled.inspect_err(|error| {
        provider.emit(EventKind::DeviceRefused { client: client.clone(), error: error.name() });
    })?;
    let (user, answer) = issue(provider, &mut environment, application, id, Occasion::Login, &faults)?;
    provider.emit(EventKind::CodeExchanged { user, client });
    Ok(answer)
}

fn poll(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    form: &Parameters,
) -> Result<GrantId, OAuthError> {
    if !application.device_flow {
        let error = CoreErrorResponseType::UnauthorizedClient;
        return Err(OAuthError::new(error, "the application is not registered for the device flow"));
    }
    let code =
        form.get("device_code").ok_or_else(|| OAuthError::invalid_request("device_code is missing"))?;
    let now = provider.clock.unix();
    environment.device_codes.poll(code, &application.client_id, now).map_err(|refusal| {
        let refuse = |error: &str, description: &str| {
            OAuthError::new(CoreErrorResponseType::Extension(error.to_owned()), description)
        };
        match refusal {
            DeviceRefusal::Denied => refuse("access_denied", "the user refused"),
            DeviceRefusal::Expired => refuse("expired_token", "the device code has expired"),
            DeviceRefusal::OtherClient => {
                OAuthError::invalid_grant("the device code was issued to another application")
            }
            DeviceRefusal::Pending => refuse("authorization_pending", "nobody has let the device in yet"),
            DeviceRefusal::SlowDown => {
                refuse("slow_down", "the device asks too often; wait 5 seconds longer")
            }
            DeviceRefusal::Unknown => OAuthError::invalid_grant("the device code is unknown or was used"),
        }
    })
}
