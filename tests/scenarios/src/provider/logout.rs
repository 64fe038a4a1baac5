use serde_json::{Value, json};
use url::Url;
use vestibule::Clock;

use super::{IdentityProvider, authorize::parameters};
use crate::Browser;

/// The provider ended a session.
#[derive(Clone, Debug)]
pub struct LoggedOut {
    /// Where it sends the browser.
    pub location: String,
    /// What it posts to the applications that took part.
    pub notices: Vec<LogoutNotice>,
}

/// A logout token to be posted.
#[derive(Clone, Debug)]
pub struct LogoutNotice {
    /// To whom.
    pub client_id: String,
    /// What.
    pub logout_token: String,
}

impl IdentityProvider {
    /// Plays the end-session endpoint for a browser (RP-Initiated Logout section 2).
    ///
    /// # Panics
    /// When the request breaks a rule.
    pub fn end_session(&self, browser: &Browser, url: &str) -> LoggedOut {
        assert!(url.starts_with(&format!("{}/logout?", self.issuer.issuer())), "{url}");
        let parameters = parameters(url).expect("each parameter once");
        let client = self.lock().clients[&parameters["client_id"]].clone();
        let back = &parameters["post_logout_redirect_uri"];
        assert_eq!(*back, client.post_logout_redirect_uri);
        let mut back = Url::parse(back).expect("a URL");
        if let Some(state) = parameters.get("state") {
            back.query_pairs_mut().append_pair("state", state);
        }
        LoggedOut { location: back.into(), notices: self.log_out(browser) }
    }

    /// Ends the browser's session at the provider, as its own logout page would.
    pub fn log_out(&self, browser: &Browser) -> Vec<LogoutNotice> {
        let Some(sso) = browser.sso_at(self.issuer.issuer()) else { return Vec::new() };
        browser.set_sso_at(self.issuer.issuer(), None);
        let clients = self.lock().grants.end_session(&sso.sid);
        let notice = |client_id: String| LogoutNotice {
            logout_token: self.logout_token(&client_id, |claims| {
                claims["sub"] = json!(sso.user);
                claims["sid"] = json!(sso.sid);
            }),
            client_id,
        };
        clients.into_iter().map(notice).collect()
    }

    /// A fresh logout token for a client, good but for what `alter` does to its claims.
    pub fn logout_token(&self, client_id: &str, alter: impl FnOnce(&mut Value)) -> String {
        let jwt_id = format!("jti-{}", self.lock().next_serial());
        let mut claims = self.issuer.logout_token_claims(client_id, &jwt_id, self.clock.now());
        alter(&mut claims);
        let token = self.issuer.sign_typed("logout+jwt", &claims);
        self.lock().secrets.push(token.clone());
        token
    }

    /// How many grants are in force.
    pub fn live_grants(&self) -> usize {
        self.lock().grants.live()
    }
}
