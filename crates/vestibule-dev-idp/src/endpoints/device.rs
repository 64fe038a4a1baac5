//! `/device`: the browser arrives with the code that a device shows (RFC 8628 section 3.3).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, Method};

use crate::device;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{from_own_page, login, see_other, session_cookie};
use crate::pages::{self, DeviceQuestion, LoginPage};
use crate::provider::Provider;
use crate::store::Asked;

pub(crate) async fn device(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let answered = request.method() == Method::POST;
    let (headers, parameters) = parameters::of_browser(request).await;
    if answered && !from_own_page(&provider, &headers) {
        return pages::refusal("This form was sent from a page of another site.");
    }
    if let Some(name) = parameters.repeated() {
        return pages::refusal(&format!("The parameter {name} is repeated."));
    }
    let Some(typed) = parameters.get("user_code") else { return pages::device_code_wanted("", None) };
    let waiting = provider.environment().device_codes.undecided(typed, provider.clock.unix());
    match waiting {
        None => pages::device_code_wanted(typed, Some("No device waits with this code, or no longer.")),
        Some((code, asked)) if answered => answer(&provider, &headers, &code, &asked, &parameters),
        Some((code, asked)) => question(&provider, &headers, &code, &asked),
    }
}

/// Asks who the user is, then whether the device may act for them.
fn question(provider: &Provider, headers: &HeaderMap, user_code: &str, asked: &Asked) -> Response {
    let environment = provider.environment();
    let user = session_cookie(provider, headers)
        .and_then(|key| environment.sessions.with_key(&key))
        .and_then(|session| environment.users.get(&session.login))
        .cloned();
    drop(environment);
    match user {
        Some(user) => pages::device_question(&DeviceQuestion { user_code, asked, user: &user }),
        None => login_page(provider, user_code, asked, None),
    }
}

fn answer(
    provider: &Arc<Provider>,
    headers: &HeaderMap,
    user_code: &str,
    asked: &Asked,
    form: &Parameters,
) -> Response {
    let client = &asked.client_id;
    if form.get("deny").is_some() {
        device::deny(provider, user_code);
        return pages::device_answered(client, false);
    }
    if form.get("switch").is_some() {
        return login_page(provider, user_code, asked, None);
    }
    if form.get("approve").is_some() {
        let key = session_cookie(provider, headers);
        return match key.and_then(|key| device::approve(provider, user_code, &key)) {
            Some(_) => pages::device_answered(client, true),
            None => login_page(provider, user_code, asked, None),
        };
    }
    match login::sign_in(provider, headers, form.get("login"), None, client) {
        Ok(signed_in) => {
            let query =
                form_urlencoded::Serializer::new(String::new()).append_pair("user_code", user_code).finish();
            signed_in.remembered(see_other(&format!("/device?{query}")))
        }
        Err(problem) => login_page(provider, user_code, asked, Some(problem)),
    }
}

fn login_page(provider: &Provider, user_code: &str, asked: &Asked, problem: Option<&str>) -> Response {
    pages::login(
        provider,
        &provider.environment(),
        &LoginPage {
            client: &asked.client_id,
            acr: None,
            action: "/device",
            kept: ("user_code", user_code),
            hint: "",
            problem,
        },
    )
}
