//! Answers that the browser carries to the application's callback.

use axum::response::Response;
use url::Url;

use crate::endpoints::authorization_request::ErrorCallback;
use crate::endpoints::see_other;
use crate::event::EventKind;
use crate::faults::Misbehaviour;
use crate::pages;
use crate::provider::Provider;
use crate::store::Environment;

/// Sends a code.
pub(crate) fn with_code(
    provider: &Provider,
    environment: &mut Environment,
    redirect_uri: &str,
    state: Option<&str>,
    code: &str,
) -> Response {
    send(provider, environment, redirect_uri, state, vec![("code".to_owned(), code.to_owned())])
}

/// Sends an error (OpenID Connect Core 3.1.2.6).
pub(crate) fn with_error(
    provider: &Provider,
    environment: &mut Environment,
    refusal: ErrorCallback,
) -> Response {
    provider.emit(EventKind::LoginRefused {
        client: Some(refusal.client_id),
        reason: format!("{}: {}", refusal.error, refusal.description),
    });
    let parameters = vec![
        ("error".to_owned(), refusal.error.to_owned()),
        ("error_description".to_owned(), refusal.description),
    ];
    send(provider, environment, &refusal.redirect_uri, refusal.state.as_deref(), parameters)
}

fn send(
    provider: &Provider,
    environment: &mut Environment,
    redirect_uri: &str,
    state: Option<&str>,
    mut parameters: Vec<(String, String)>,
) -> Response {
    parameters.extend(state.map(|state| ("state".to_owned(), state.to_owned())));
    // RFC 9207 section 2: on success and on error.
    parameters.push(("iss".to_owned(), provider.issuer.clone()));
    let honest = parameters.clone();
    let faults = environment.faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::Callback(fault) => Some(fault.clone()),
        _ => None,
    });
    for fault in faults {
        fault.apply(&mut parameters, &environment.earlier_callback);
    }
    if honest.iter().any(|(name, _)| name == "code") {
        environment.earlier_callback = honest;
    }
    match Url::parse(redirect_uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(&parameters);
            see_other(url.as_str())
        }
        Err(_) => pages::refusal("The redirect URI is no URL."),
    }
}
