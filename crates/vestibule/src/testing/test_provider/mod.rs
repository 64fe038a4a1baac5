mod endpoints;
mod grants;

use std::{collections::BTreeMap, sync::Arc};

use grants::{Grant, Grants};

use super::{SeededRandom, TestClock, TestIssuer, TestTransport};
use crate::{Clock, ConfigError, LoginStart, Provider, UserCode};

/// A provider in memory that knows one user, `alice`, and lets her in: for examples, and for tests of applications.
///
/// It checks PKCE and rotates refresh tokens. Its clock stands still until it is moved.
///
/// ```
/// use vestibule::{AuthorizationRequest, Callback, ClientSecret, RedirectUri, testing::TestProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let op = TestProvider::new("https://op.example")?;
/// let client = op.provider().web_app("dashboard", ClientSecret::new("s"));
/// let redirect_uri = RedirectUri::new("https://app.example/auth/callback")?;
/// let start = client.begin_login(&AuthorizationRequest::new(redirect_uri)).await?;
///
/// let callback = Callback::parse(&op.log_in(&start))?;
/// let login = client.complete_login(start.pending, &callback).await?;
/// assert_eq!(login.id_token.subject(), "alice");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestProvider {
    provider: Provider,
    issuer: TestIssuer,
    transport: TestTransport,
    clock: TestClock,
    grants: Arc<Grants>,
}

impl TestProvider {
    /// A provider with this issuer. Its endpoints are below it, and its keys are those of [`TestIssuer::new`].
    ///
    /// # Errors
    /// As for [`Provider::builder`].
    pub fn new(issuer: &str) -> Result<Self, ConfigError> {
        let clock = TestClock::default();
        let grants = Arc::<Grants>::default();
        let issuer = TestIssuer::new(issuer);
        let transport = TestTransport::new({
            let (issuer, clock, grants) = (issuer.clone(), clock.clone(), Arc::clone(&grants));
            move |request| Ok(endpoints::answer(request, &issuer, &clock, &grants))
        });
        let builder = Provider::builder(issuer.issuer())?.transport(transport.clone()).clock(clock.clone());
        let provider = builder.random(SeededRandom::new(0)).build()?;
        Ok(Self { provider, issuer, transport, clock, grants })
    }

    /// The provider, as an application knows it.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Who signs its tokens.
    pub fn issuer(&self) -> &TestIssuer {
        &self.issuer
    }

    /// What was sent to it.
    pub fn transport(&self) -> &TestTransport {
        &self.transport
    }

    /// The clock of provider and application.
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// Logs the user in, and returns the query with which her browser comes back to the application.
    pub fn log_in(&self, start: &LoginStart) -> String {
        let asked: BTreeMap<_, _> = start.url.query_pairs().into_owned().collect();
        let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let (client_id, nonce, challenge) = (text("client_id"), text("nonce"), text("code_challenge"));
        let code = self.grants.keep(Grant { client_id, nonce: Some(nonce), challenge: Some(challenge) });
        format!("code={code}&state={}", text("state"))
    }

    /// The user enters this code on another device, and lets the login in.
    pub fn approve_device(&self, user_code: &UserCode) {
        self.grants.decide(user_code.as_str(), true);
    }

    /// The user enters this code on another device, and refuses the login.
    pub fn deny_device(&self, user_code: &UserCode) {
        self.grants.decide(user_code.as_str(), false);
    }

    /// The user logs out somewhere else: every refresh token is refused from now on.
    pub fn log_out_everywhere(&self) {
        self.grants.forget();
    }

    /// A logout token that ends the user's session at this client, with an identifier of its own.
    pub fn logout_token(&self, client_id: &str) -> String {
        let jwt_id = self.grants.next_name();
        self.issuer
            .sign_typed("logout+jwt", &self.issuer.logout_token_claims(client_id, &jwt_id, self.clock.now()))
    }

    /// A token that asks for a login, as Scalekit sends it: connection `conn_1` of organization `org_1`.
    pub fn idp_initiated_login(&self) -> String {
        self.issuer.sign(&self.issuer.idp_initiated_login_claims(self.clock.now()))
    }

    /// An access token of the user for the API with this identifier.
    pub fn access_token(&self, audience: &str) -> String {
        self.issuer.sign_typed("at+jwt", &self.issuer.access_token_claims(audience, self.clock.now()))
    }
}
