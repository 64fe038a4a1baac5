//! `/token`, asked by a service (RFC 6749 section 4.4).

use std::collections::BTreeSet;

use openidconnect::core::CoreErrorResponseType;
use serde_json::Value;

use crate::application::{Application, ApplicationType};
use crate::endpoints::parameters::Parameters;
use crate::endpoints::token::{faults, misbehaving};
use crate::event::EventKind;
use crate::messages::access_token;
use crate::messages::id_token::Occasion;
use crate::messages::oauth_error::OAuthError;
use crate::messages::token_answer::IssuedTokens;
use crate::provider::Provider;
use crate::store::Grant;
use crate::user::User;

pub(super) fn issue(
    provider: &Provider,
    application: &Application,
    form: &Parameters,
) -> Result<Value, OAuthError> {
    if application.application_type() != ApplicationType::Service {
        let error = CoreErrorResponseType::UnauthorizedClient;
        return Err(OAuthError::new(error, "the application is not registered as a service"));
    }
    let mut environment = provider.environment();
    let faults = faults(&mut environment, Occasion::Login);
    misbehaving(&faults)?;
    let client_id = &application.client_id;
    let grant = Grant {
        client_id: client_id.clone(),
        session: NO_SESSION.to_owned(),
        login: client_id.clone(),
        subject: client_id.clone(),
        scope: scope(application, form.get("scope"))?,
        nonce: None,
        auth_time: None,
        acr: None,
        sid: None,
    };
    let id = environment.grants.add(grant.clone());
    let itself = User::new(client_id).with_subject(client_id);
    let access_token = access_token::issue(provider, &mut environment, application, &itself, (id, &grant))
        .map_err(|_| OAuthError::server_error())?;
    let issued = IssuedTokens { access_token, refresh_token: None, id_token: None };
    let mut answer = issued
        .into_json(&grant, application.access_token_lifetime)
        .map_err(|_| OAuthError::server_error())?;
    for fault in faults {
        fault.apply(&mut answer);
    }
    provider.emit(EventKind::ServiceTokenIssued { client: client_id.clone() });
    Ok(answer)
}

/// All that is registered, or what is asked for of it.
fn scope(application: &Application, asked: Option<&str>) -> Result<BTreeSet<String>, OAuthError> {
    let Some(asked) = asked else { return Ok(application.api_scopes.iter().cloned().collect()) };
    let asked: BTreeSet<String> =
        asked.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    match asked.iter().find(|scope| !application.has_api_scope(scope)) {
        Some(unknown) => {
            let description = format!("the scope `{unknown}` is not registered for this service");
            Err(OAuthError::new(CoreErrorResponseType::InvalidScope, description))
        }
        None => Ok(asked),
    }
}

/// The key of no session: none is empty.
const NO_SESSION: &str = "";
