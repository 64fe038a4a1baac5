//! `/login`: the login page was sent off.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::endpoints::authorization_request::AuthorizationRequest;
use crate::endpoints::parameters::{self, Parameters};
use crate::endpoints::{authorize, callback, from_own_page, session_cookie};
use crate::event::{EventKind, LogoutCause};
use crate::logout;
use crate::pages::{self, LoginPage};
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::Environment;

pub(crate) async fn login(State(provider): State<Arc<Provider>>, request: Request) -> Response {
    let (headers, form) = parameters::of_browser(request).await;
    if !from_own_page(&provider, &headers) {
        return pages::refusal("This form was sent from a page of another site.");
    }
    let asked = Parameters::parse(form.get("request").unwrap_or_default().as_bytes());

    let mut environment = provider.environment();
    let parsed = AuthorizationRequest::parse(&asked, &environment, &provider.settings);
    let request = match parsed {
        Ok(request) => request,
        Err(refusal) => return authorize::refused(&provider, &mut environment, refusal),
    };
    if form.get("deny").is_some() {
        let refusal = request.refusal("access_denied", "the user refused");
        return callback::with_error(&provider, &mut environment, refusal);
    }
    drop(environment);
    let client = &request.application.client_id;
    match sign_in(&provider, &headers, form.get("login"), request.wanted_acr(), client) {
        Ok(signed_in) => {
            let key = &signed_in.key;
            signed_in.remembered(authorize::grant_code(&provider, &mut provider.environment(), &request, key))
        }
        Err(problem) => page(&provider, &provider.environment(), &request, &asked.encoded(), Some(problem)),
    }
}

/// The page that asks who wants to sign in.
pub(crate) fn page(
    provider: &Provider,
    environment: &Environment,
    request: &AuthorizationRequest,
    query: &str,
    problem: Option<&str>,
) -> Response {
    pages::login(
        provider,
        environment,
        &LoginPage {
            client: &request.application.client_id,
            acr: request.wanted_acr(),
            action: "/login",
            kept: ("request", query),
            hint: request.login_hint.as_deref().unwrap_or_default(),
            problem,
        },
    )
}

/// A browser with a session of its user.
#[derive(Debug)]
pub(crate) struct SignedIn {
    cookie_name: String,
    key: String,
}

/// Signs a user in with this browser. The session of another user ends.
pub(crate) fn sign_in(
    provider: &Arc<Provider>,
    headers: &HeaderMap,
    login: Option<&str>,
    wanted_acr: Option<&str>,
    client: &str,
) -> Result<SignedIn, &'static str> {
    let now = provider.clock.unix();
    let acr = wanted_acr.or(provider.settings.acr_values.first().map(String::as_str));
    let mut environment = provider.environment();
    let user = environment.user_named(login.unwrap_or_default(), provider.settings.typed_users)?;
    let cookie = session_cookie(provider, headers);
    let earlier = cookie.as_deref().and_then(|key| environment.sessions.with_key(key)).cloned();
    let (key, replaced) = match earlier {
        Some(session) if session.login == user.login => {
            environment.sessions.authenticated_again(&session.key, acr, now);
            (session.key, None)
        }
        earlier => {
            let lifetime = seconds(provider.settings.session_lifetime);
            (environment.sessions.begin(&user, acr, now, lifetime), earlier.map(|session| session.key))
        }
    };
    drop(environment);
    if let Some(replaced) = replaced {
        tokio::spawn(logout::end_sessions(provider, &[replaced], &LogoutCause::OtherUser));
    }
    provider.emit(EventKind::LoggedIn { user: user.login, client: client.to_owned() });
    Ok(SignedIn { cookie_name: provider.cookie_name(), key })
}

impl SignedIn {
    /// The answer, with the session's cookie.
    pub(crate) fn remembered(&self, mut answer: Response) -> Response {
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", self.cookie_name, self.key);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        answer
    }
}
