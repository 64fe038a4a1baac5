//! `/login`: the login page was sent off.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;

use crate::endpoints::authorization_request::AuthorizationRequest;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{authorize, callback, from_own_page, session_cookie};
use crate::event::{EventKind, LogoutCause};
use crate::logout;
use crate::pages;
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::Environment;
use crate::user::User;

pub(crate) async fn login(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (headers, form) = parameters::of_browser(request).await;
    if !from_own_page(&provider, &headers) {
        return pages::refusal("This form was sent from a page of another site.");
    }
    let asked = Parameters::parse(form.get("request").unwrap_or_default().as_bytes());
    let cookie = session_cookie(&provider, &headers);
    let now = provider.clock.unix();

    let mut environment = provider.environment();
    let parsed = AuthorizationRequest::parse(&asked, &environment, provider.settings.require_pkce);
    let request = match parsed {
        Ok(request) => request,
        Err(refusal) => return authorize::refused(&provider, &mut environment, refusal),
    };
    if form.get("deny").is_some() {
        let refusal = request.refusal("access_denied", "the user refused");
        return callback::with_error(&provider, &mut environment, refusal);
    }
    let user = match user_named(&mut environment, form.get("login"), provider.settings.typed_users) {
        Ok(user) => user,
        Err(reason) => {
            return pages::login(&provider, &environment, &request, &asked.encoded(), Some(reason));
        }
    };

    let earlier = cookie.as_deref().and_then(|key| environment.sessions.with_key(key)).cloned();
    let (key, replaced) = match earlier {
        Some(session) if session.login == user.login => {
            environment.sessions.authenticated_again(&session.key, now);
            (session.key, None)
        }
        earlier => {
            let lifetime = seconds(provider.settings.session_lifetime);
            (environment.sessions.begin(&user, now, lifetime), earlier.map(|session| session.key))
        }
    };
    drop(environment);
    if let Some(replaced) = replaced {
        tokio::spawn(logout::end_sessions(&provider, &[replaced], &LogoutCause::OtherUser));
    }

    provider.emit(EventKind::LoggedIn { user: user.login, client: request.application.client_id.clone() });
    let mut answer = authorize::grant_code(&provider, &mut provider.environment(), &request, &key);
    let cookie = format!("{}={key}; Path=/; HttpOnly; SameSite=Lax", provider.cookie_name());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

fn user_named(
    environment: &mut Environment,
    login: Option<&str>,
    typed_users: bool,
) -> Result<User, &'static str> {
    let login = login.unwrap_or_default().trim();
    if let Some(user) = environment.users.get(login) {
        return Ok(user.clone());
    }
    if login.is_empty() {
        return Err("Pick a user, or type a name.");
    }
    if !typed_users {
        return Err("No user has this name.");
    }
    if login.chars().count() > LONGEST_LOGIN || login.chars().any(char::is_control) {
        return Err("A name has at most 64 characters.");
    }
    let user = User::typed(login);
    environment.users.insert(login.to_owned(), user.clone());
    Ok(user)
}

/// Characters.
const LONGEST_LOGIN: usize = 64;
