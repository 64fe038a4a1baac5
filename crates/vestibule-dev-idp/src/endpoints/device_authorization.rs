//! `/device_authorization`: a device asks to be let in (RFC 8628 section 3.1).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use openidconnect::core::CoreErrorResponseType;
use serde_json::Value;

use crate::application::Application;
use crate::endpoints::authorization_request::granted_scope;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::token::single;
use crate::endpoints::{client_authentication, json};
use crate::event::EventKind;
use crate::faults::Misbehaviour;
use crate::messages::device_answer;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::Asked;

pub(crate) async fn device_authorization(
    State(provider): State<Arc<Provider>>,
    request: Request,
) -> Response {
    let (head, form) = parameters::of_form(request).await;
    let answer = form
        .ok_or_else(|| OAuthError::invalid_request("the body must be a form"))
        .and_then(single)
        .and_then(|form| {
            let application = client_authentication::authenticate(&provider, &head.headers, &form)?;
            begin(&provider, &application, &form)
        });
    match answer {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(error) => error.into_response(),
    }
}

fn begin(provider: &Provider, application: &Application, form: &Parameters) -> Result<Value, OAuthError> {
    let mut environment = provider.environment();
    let faults = environment.faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::DeviceAuthorization(fault) => Some(fault.clone()),
        _ => None,
    });
    if let Some(error) = faults.iter().find_map(|fault| fault.error()) {
        return Err(OAuthError::named(error));
    }
    if !application.device_flow {
        let error = CoreErrorResponseType::UnauthorizedClient;
        return Err(OAuthError::new(error, "the application is not registered for the device flow"));
    }
    let scope = granted_scope(form.get("scope"), application).ok_or_else(|| {
        OAuthError::new(CoreErrorResponseType::InvalidScope, "the scope must contain `openid`")
    })?;
    let now = provider.clock.unix();
    let lifetime = provider.settings.device_code_lifetime;
    let interval = provider.settings.device_interval;
    let asked = Asked {
        client_id: application.client_id.clone(),
        scope,
        expires: now.saturating_add(seconds(lifetime)),
        interval: seconds(interval),
    };
    let (device_code, user_code) = environment.device_codes.issue(asked, now);
    provider
        .emit(EventKind::DeviceWaits { client: application.client_id.clone(), user_code: user_code.clone() });
    let mut answer = device_answer::document(provider, &device_code, &user_code);
    for fault in faults {
        fault.apply(&mut answer);
    }
    Ok(answer)
}
