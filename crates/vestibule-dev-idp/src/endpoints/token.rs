//! `/token`: codes and refresh tokens become tokens.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use openidconnect::core::CoreErrorResponseType;
use serde_json::Value;

use crate::application::Application;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{client_authentication, client_credentials, cors, device_token, json};
use crate::event::EventKind;
use crate::faults::{Misbehaviour, TokenAnswerFault};
use crate::messages::id_token::Occasion;
use crate::messages::oauth_error::OAuthError;
use crate::messages::token_answer::IssuedTokens;
use crate::messages::{access_token, id_token};
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::{CodeRefusal, Environment, GrantId, RefreshRefusal};

pub(crate) async fn token(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (head, form) = parameters::of_form(request).await;
    let client = form.as_ref().and_then(|form| client_authentication::named(&head.headers, form));
    let answer = form
        .ok_or_else(|| OAuthError::invalid_request("the body must be a form"))
        .and_then(single)
        .and_then(|form| {
            let application = client_authentication::authenticate(&provider, &head.headers, &form)?;
            match form.get("grant_type") {
                Some("authorization_code") => exchange(&provider, &application, &form),
                Some("client_credentials") => client_credentials::issue(&provider, &application, &form),
                Some(device_token::GRANT_TYPE) => device_token::exchange(&provider, &application, &form),
                Some("refresh_token") => refresh(&provider, &application, &form),
                Some(_) => Err(OAuthError::new(
                    CoreErrorResponseType::UnsupportedGrantType,
                    "the grant type must be authorization_code, client_credentials, refresh_token or the device code's",
                )),
                None => Err(OAuthError::invalid_request("grant_type is missing")),
            }
        });
    let answer = match answer {
        Ok(tokens) => json(StatusCode::OK, &tokens),
        Err(error) => error.into_response(),
    };
    cors::called_by(answer, client)
}

pub(crate) fn single(form: Parameters) -> Result<Parameters, OAuthError> {
    match form.repeated() {
        Some(name) => Err(OAuthError::invalid_request(format!("the parameter `{name}` is repeated"))),
        None => Ok(form),
    }
}

fn exchange(provider: &Provider, application: &Application, form: &Parameters) -> Result<Value, OAuthError> {
    let client = application.client_id.clone();
    let mut environment = provider.environment();
    let faults = faults(&mut environment, Occasion::Login);
    let exchanged = misbehaving(&faults).and_then(|()| redeem(provider, &mut environment, application, form));
    let id = exchanged.inspect_err(|error| {
        provider
            .emit(EventKind::CodeRefused { client: client.clone(), reason: error.description().to_owned() });
    })?;
    let (user, answer) = issue(provider, &mut environment, application, id, Occasion::Login, &faults)?;
    provider.emit(EventKind::CodeExchanged { user, client });
    Ok(answer)
}

/// Checks a code and spends it (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
fn redeem(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    form: &Parameters,
) -> Result<GrantId, OAuthError> {
    let code = form.get("code").ok_or_else(|| OAuthError::invalid_request("code is missing"))?;
    let now = provider.clock.unix();
    let (id, bound) = environment.grants.code(code, &application.client_id, now).map_err(|refusal| {
        OAuthError::invalid_grant(match refusal {
            CodeRefusal::Expired => "the code has expired",
            CodeRefusal::OtherClient => "the code was issued to another application",
            CodeRefusal::SessionEnded => "the session has ended",
            CodeRefusal::Unknown => "the code is unknown",
            CodeRefusal::Used => "the code was used already; what it was exchanged for is revoked",
        })
    })?;
    if form.get("redirect_uri") != Some(bound.redirect_uri.as_str()) {
        return Err(OAuthError::invalid_grant("redirect_uri differs from the authorization request"));
    }
    match (bound.code_challenge, form.get("code_verifier")) {
        (Some(challenge), Some(verifier)) if s256(verifier) == challenge => {}
        (None, None) => {}
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_grant("code_verifier does not match code_challenge"));
        }
        (Some(_), None) => return Err(OAuthError::invalid_grant("code_verifier is missing")),
        // RFC 9700 section 2.1.1: otherwise PKCE could be stripped.
        (None, Some(_)) => return Err(OAuthError::invalid_grant("code_verifier without code_challenge")),
    }
    environment.grants.spend_code(code);
    Ok(id)
}

fn refresh(provider: &Provider, application: &Application, form: &Parameters) -> Result<Value, OAuthError> {
    let client = application.client_id.clone();
    let mut environment = provider.environment();
    let faults = faults(&mut environment, Occasion::Refresh);
    let refreshed =
        misbehaving(&faults).and_then(|()| rotate(provider, &mut environment, application, form, &faults));
    let id = refreshed.inspect_err(|error| {
        provider.emit(EventKind::RefreshRefused {
            client: client.clone(),
            reason: error.description().to_owned(),
        });
    })?;
    let (user, answer) = issue(provider, &mut environment, application, id, Occasion::Refresh, &faults)?;
    provider.emit(EventKind::Refreshed { user, client });
    Ok(answer)
}

/// Checks a refresh token and spends it (RFC 6749 section 6, RFC 9700 section 4.14).
fn rotate(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    form: &Parameters,
    faults: &[TokenAnswerFault],
) -> Result<GrantId, OAuthError> {
    let token =
        form.get("refresh_token").ok_or_else(|| OAuthError::invalid_request("refresh_token is missing"))?;
    let now = provider.clock.unix();
    let grace = seconds(provider.settings.refresh_grace);
    let id =
        environment.grants.refresh_token(token, &application.client_id, now, grace).map_err(|refusal| {
            OAuthError::invalid_grant(match refusal {
                RefreshRefusal::GrantRevoked => "the session has ended, or the grant was revoked",
                RefreshRefusal::OtherClient => "the refresh token was issued to another application",
                RefreshRefusal::Reused => "the refresh token was used already; its whole family is revoked",
                RefreshRefusal::Unknown => "the refresh token is unknown",
            })
        })?;
    let granted = environment.grants.grant(id).map(|grant| grant.scope.clone()).unwrap_or_default();
    let wider =
        form.get("scope").unwrap_or_default().split(' ').any(|s| !s.is_empty() && !granted.contains(s));
    if wider {
        let error = CoreErrorResponseType::InvalidScope;
        return Err(OAuthError::new(error, "the scope exceeds what was granted"));
    }
    if !faults.contains(&TokenAnswerFault::NoRefreshToken) {
        environment.grants.spend_refresh_token(token, now);
    }
    Ok(id)
}

pub(super) fn issue(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    id: GrantId,
    occasion: Occasion,
    faults: &[TokenAnswerFault],
) -> Result<(String, Value), OAuthError> {
    let mut grant = environment
        .grants
        .grant(id)
        .cloned()
        .ok_or_else(|| OAuthError::invalid_grant("the session has ended"))?;
    let user = environment
        .users
        .get(&grant.login)
        .cloned()
        .ok_or_else(|| OAuthError::invalid_grant("the user is gone"))?;
    if occasion == Occasion::Refresh {
        let mode = environment.sid_mode;
        let told = environment.sessions.sid_at_refresh(&grant.session, &grant.client_id, mode);
        grant.sid = told.or(grant.sid);
    }
    let access_token = access_token::issue(provider, environment, application, &user, (id, &grant))
        .map_err(|_| OAuthError::server_error())?;
    let id_token = match occasion {
        Occasion::Refresh if !provider.settings.id_token_on_refresh => None,
        occasion => Some(
            id_token::issue(provider, environment, application, &user, &grant, &access_token, occasion)
                .map_err(|_| OAuthError::server_error())?,
        ),
    };
    let ending = if faults.contains(&TokenAnswerFault::OddRefreshToken) { ODD_ENDING } else { "" };
    let refresh_token = (grant.has_scope("offline_access")
        && !faults.contains(&TokenAnswerFault::NoRefreshToken))
    .then(|| environment.grants.issue_refresh_token(id, ending));
    let lifetime = application.access_token_lifetime;
    let mut answer = IssuedTokens { access_token, refresh_token, id_token }
        .into_json(&grant, lifetime)
        .map_err(|_| OAuthError::server_error())?;
    for fault in faults {
        fault.apply(&mut answer);
    }
    if let Some(kept) = environment.grants.grant_mut(id) {
        kept.sid = grant.sid;
    }
    Ok((user.login, answer))
}

pub(super) fn faults(environment: &mut Environment, occasion: Occasion) -> Vec<TokenAnswerFault> {
    environment.faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::Token(fault) => Some(fault.clone()),
        Misbehaviour::Refresh(fault) if occasion == Occasion::Refresh => Some(fault.clone()),
        _ => None,
    })
}

pub(super) fn misbehaving(faults: &[TokenAnswerFault]) -> Result<(), OAuthError> {
    match faults.iter().find_map(TokenAnswerFault::error) {
        Some(error) => Err(OAuthError::named(error)),
        None => Ok(()),
    }
}

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

const ODD_ENDING: &str = " +%:&=/";
