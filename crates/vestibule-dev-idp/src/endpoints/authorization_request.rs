//! Authorization requests, checked (OpenID Connect Core 3.1.2.1 and 3.1.2.2).

use std::collections::BTreeSet;

use crate::application::Application;
use crate::endpoints::parameters::Parameters;
use crate::jwt::opened_hint;
use crate::messages::discovery::SCOPES;
use crate::settings::Settings;
use crate::store::{Environment, Session};

/// What an application asks for.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    pub(crate) application: Application,
    pub(crate) redirect_uri: String,
    pub(crate) scope: BTreeSet<String>,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) login_hint: Option<String>,
    /// The values of `acr` that will do; any, if there are none.
    strong_enough: Vec<String>,
    prompt: Prompt,
    max_age: Option<i64>,
    hinted_subject: Option<String>,
}

/// Why a request is refused.
#[derive(Clone, Debug)]
pub(crate) enum AuthorizationRefusal {
    /// With a page: it is not known yet whether the redirect URI may be trusted.
    Page(String),
    /// With a redirect to the application.
    Redirect(ErrorCallback),
}

/// An error for the application.
#[derive(Clone, Debug)]
pub(crate) struct ErrorCallback {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

impl AuthorizationRequest {
    pub(crate) fn parse(
        parameters: &Parameters,
        environment: &Environment,
        settings: &Settings,
    ) -> Result<Self, AuthorizationRefusal> {
        let (application, redirect_uri) = trusted_redirect(parameters, environment)?;
        let owned = |name| parameters.get(name).map(str::to_owned);
        let refuse = |error, description: String| {
            AuthorizationRefusal::Redirect(ErrorCallback {
                client_id: application.client_id.clone(),
                redirect_uri: redirect_uri.clone(),
                state: owned("state"),
                error,
                description,
            })
        };
        let invalid = |description: &str| refuse("invalid_request", description.to_owned());

        if let Some(name) = parameters.repeated() {
            return Err(refuse("invalid_request", format!("the parameter `{name}` is repeated")));
        }
        if parameters.get("request").is_some() {
            return Err(refuse("request_not_supported", "request objects are not supported".to_owned()));
        }
        if parameters.get("request_uri").is_some() {
            return Err(refuse("request_uri_not_supported", "request objects are not supported".to_owned()));
        }
        match parameters.get("response_type") {
            Some("code") => {}
            Some(_) => {
                return Err(refuse(
                    "unsupported_response_type",
                    "the response type must be `code`".to_owned(),
                ));
            }
            None => return Err(invalid("response_type is missing")),
        }
        if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid("the response mode must be `query`"));
        }
        let scope = granted_scope(parameters.get("scope"), &application)
            .ok_or_else(|| refuse("invalid_scope", "the scope must contain `openid`".to_owned()))?;
        let code_challenge =
            code_challenge(parameters, settings.require_pkce || application.is_public()).map_err(&invalid)?;
        let prompt = Prompt::parse(parameters.get("prompt")).map_err(&invalid)?;
        let max_age = match parameters.get("max_age").map(str::parse::<u32>) {
            Some(Err(_)) => return Err(invalid("max_age must be a number of seconds")),
            Some(Ok(seconds)) => Some(i64::from(seconds)),
            None => None,
        };
        let hinted_subject = match parameters.get("id_token_hint") {
            Some(hint) => match opened_hint(&environment.keys, hint) {
                Some(claims) => claims.get("sub").and_then(|sub| sub.as_str()).map(str::to_owned),
                None => return Err(invalid("id_token_hint is not an ID token of this provider")),
            },
            None => None,
        };
        Ok(Self {
            scope,
            state: owned("state"),
            nonce: owned("nonce"),
            login_hint: owned("login_hint"),
            code_challenge,
            strong_enough: strong_enough(parameters.get("acr_values"), settings),
            prompt,
            max_age,
            hinted_subject,
            application,
            redirect_uri,
        })
    }

    /// Whether the user of this session is known well enough, or must authenticate.
    pub(crate) fn is_satisfied_by(&self, session: &Session, now: i64) -> bool {
        let fresh = self.max_age.is_none_or(|age| age > 0 && now.saturating_sub(session.auth_time) <= age);
        let the_one = self.hinted_subject.as_ref().is_none_or(|subject| *subject == session.subject);
        let strong = self.strong_enough.is_empty()
            || session.acr.as_ref().is_some_and(|acr| self.strong_enough.contains(acr));
        self.prompt != Prompt::Login && fresh && the_one && strong
    }

    /// The weakest way to authenticate that will do, where one was asked for.
    pub(crate) fn wanted_acr(&self) -> Option<&str> {
        self.strong_enough.first().map(String::as_str)
    }

    /// Whether no page may be shown.
    pub(crate) fn is_silent(&self) -> bool {
        self.prompt == Prompt::None
    }

    pub(crate) fn refusal(&self, error: &'static str, description: &str) -> ErrorCallback {
        ErrorCallback {
            client_id: self.application.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            state: self.state.clone(),
            error,
            description: description.to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    Login,
    None,
    WhereNeeded,
}

impl Prompt {
    fn parse(value: Option<&str>) -> Result<Self, &'static str> {
        let wishes: Vec<&str> =
            value.unwrap_or_default().split(' ').filter(|wish| !wish.is_empty()).collect();
        if wishes.iter().any(|wish| !PROMPTS.contains(wish)) {
            return Err("prompt has an unknown value");
        }
        if wishes == ["none"] {
            return Ok(Self::None);
        }
        if wishes.contains(&"none") {
            return Err("prompt=none cannot be combined with others");
        }
        let asks_to_authenticate = wishes.iter().any(|wish| *wish != "consent");
        Ok(if asks_to_authenticate { Self::Login } else { Self::WhereNeeded })
    }
}

/// The values of `prompt` that the provider knows. It never asks for consent.
pub(crate) const PROMPTS: [&str; 5] = ["none", "login", "select_account", "consent", "create"];

fn trusted_redirect(
    parameters: &Parameters,
    environment: &Environment,
) -> Result<(Application, String), AuthorizationRefusal> {
    let page = |text: &str| AuthorizationRefusal::Page(text.to_owned());
    if let Some(name @ ("client_id" | "redirect_uri")) = parameters.repeated() {
        return Err(page(&format!("The parameter {name} is repeated.")));
    }
    let client_id = parameters.get("client_id").ok_or_else(|| page("The parameter client_id is missing."))?;
    let application = environment
        .applications
        .get(client_id)
        .ok_or_else(|| page(&format!("No application has the client id {client_id}.")))?;
    let redirect_uri =
        parameters.get("redirect_uri").ok_or_else(|| page("The parameter redirect_uri is missing."))?;
    if !application.takes_codes_at(redirect_uri) {
        return Err(page(&format!("{redirect_uri} is not a registered redirect URI of {client_id}.")));
    }
    Ok((application.clone(), redirect_uri.to_owned()))
}

/// The values of `acr` from the weakest known one that is asked for upwards. The wish is voluntary (Core 3.1.2.1): where
/// none is known, any will do.
fn strong_enough(asked: Option<&str>, settings: &Settings) -> Vec<String> {
    let asked: Vec<&str> = asked.unwrap_or_default().split(' ').collect();
    let too_weak = settings.acr_values.iter().take_while(|known| !asked.contains(&known.as_str())).count();
    settings.acr_values.iter().skip(too_weak).cloned().collect()
}

/// What is granted of a scope: all that is known. None if it does not contain `openid`.
pub(crate) fn granted_scope(asked: Option<&str>, application: &Application) -> Option<BTreeSet<String>> {
    let is_known = |scope: &&str| SCOPES.contains(scope) || application.has_api_scope(scope);
    let asked = asked.unwrap_or_default().split(' ');
    let granted: BTreeSet<String> = asked.filter(is_known).map(str::to_owned).collect();
    granted.contains("openid").then_some(granted)
}

/// PKCE with S256 or not at all (RFC 7636, RFC 9700 section 2.1.1).
fn code_challenge(parameters: &Parameters, required: bool) -> Result<Option<String>, &'static str> {
    let Some(challenge) = parameters.get("code_challenge") else {
        return if required { Err("code_challenge is missing: PKCE is required") } else { Ok(None) };
    };
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err("code_challenge_method must be S256");
    }
    let well_formed = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !well_formed {
        return Err("code_challenge must be a SHA-256 hash in base64url");
    }
    Ok(Some(challenge.to_owned()))
}
