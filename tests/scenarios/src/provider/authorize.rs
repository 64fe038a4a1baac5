use std::collections::BTreeMap;

use url::Url;

use super::{IdentityProvider, grant::Code};
use crate::Browser;

/// A user's session at the provider, in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sso {
    /// Who is logged in.
    pub user: String,
    /// What the provider calls the session.
    pub sid: String,
    /// When the user filled in the login page, in seconds since the Unix epoch.
    pub authenticated_at: u64,
    /// How strongly they proved who they are, if an application ever asked for more than a password.
    pub acr: Option<String>,
}

/// The authorization request was so wrong that the provider showed a page of its own instead of sending the browser back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRefused(pub &'static str);

impl IdentityProvider {
    /// Whether a URL leads to the login page.
    pub fn is_authorization_url(&self, url: &str) -> bool {
        url.starts_with(&format!("{}/authorize?", self.issuer.issuer()))
    }

    /// Plays the login page for a browser: shown unless it has a session here. Returns the callback URL.
    ///
    /// # Errors
    /// When the request breaks a rule or is not what was registered.
    pub fn authorize(&self, browser: &Browser, url: &str) -> Result<String, AuthorizationRefused> {
        let parameters = parameters(url)?;
        let get = |name: &str| parameters.get(name).map(String::as_str);
        let required = |name: &'static str| get(name).ok_or(AuthorizationRefused(name));
        let client_id = required("client_id")?;
        let redirect_uri = required("redirect_uri")?;
        let mut inner = self.lock();
        let client = inner.clients.get(client_id).ok_or(AuthorizationRefused("client_id"))?;
        let scopes: Vec<_> = required("scope")?.split(' ').collect();
        let rules = [
            ("redirect_uri", client.redirect_uri == redirect_uri),
            ("response_type", required("response_type")? == "code"),
            ("response_mode", matches!(get("response_mode"), None | Some("form_post"))),
            ("scope", scopes.contains(&"openid")),
            ("state", required("state")?.len() >= 22),
            ("nonce", required("nonce")?.len() >= 22),
            ("code_challenge", required("code_challenge")?.len() == 43),
            ("code_challenge_method", get("code_challenge_method") == Some("S256")),
        ];
        if let Some((broken, _)) = rules.into_iter().find(|(_, kept)| !kept) {
            return Err(AuthorizationRefused(broken));
        }
        let mut back = Url::parse(redirect_uri).map_err(|_| AuthorizationRefused("redirect_uri"))?;
        let mut query = back.query_pairs_mut();
        let sso = browser.sso_at(self.issuer.issuer());
        let without_a_page = get("prompt") == Some("none");
        let obstacle = inner.silent_refusal.or(sso.is_none().then_some("login_required"));
        let (name, value) = if let Some(obstacle) = obstacle.filter(|_| without_a_page) {
            ("error", obstacle.to_owned())
        } else {
            let again = get("prompt") == Some("login");
            let (acr, max_age) = match inner.ignores_step_up {
                true => (None, None),
                false => (get("acr_values").and_then(|values| values.split(' ').next()), get("max_age")),
            };
            let longest = max_age.and_then(|age| age.parse().ok()).unwrap_or(u64::MAX);
            let is_enough = |sso: &Sso| {
                self.now().saturating_sub(sso.authenticated_at) <= longest
                    && (acr.is_none() || sso.acr.as_deref() == acr)
            };
            let sso = sso.filter(|sso| !again && is_enough(sso)).unwrap_or_else(|| {
                inner.login_pages += 1;
                let sid = format!("sid-{}", inner.next_serial());
                let acr = acr.map(str::to_owned);
                Sso { user: browser.user(), sid, authenticated_at: self.now(), acr }
            });
            browser.set_sso_at(self.issuer.issuer(), Some(sso.clone()));
            let code = inner.secret("code");
            let offer = Code {
                client_id: client_id.to_owned(),
                redirect_uri: redirect_uri.to_owned(),
                challenge: required("code_challenge")?.to_owned(),
                nonce: required("nonce")?.to_owned(),
                offline: scopes.contains(&"offline_access"),
                sso,
            };
            inner.grants.offer(code.clone(), offer);
            ("code", code)
        };
        query.append_pair(name, &value);
        query.append_pair("state", required("state")?);
        query.append_pair("iss", self.issuer.issuer());
        Ok(query.finish().to_string())
    }
}

/// The parameters of a URL, each once (RFC 6749 section 3.1).
pub(super) fn parameters(url: &str) -> Result<BTreeMap<String, String>, AuthorizationRefused> {
    let url = Url::parse(url).map_err(|_| AuthorizationRefused("url"))?;
    let mut parameters = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(AuthorizationRefused("repeated parameter"));
        }
    }
    Ok(parameters)
}
