use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::json;

use super::{SeededRandom, TestClock, TestIssuer, TestTransport, json_response};
use crate::{Clock, CodeVerifier, ConfigError, LoginStart, Provider, form, login::challenge};

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
            move |request| Ok(answer(request, &issuer, &clock, &grants))
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
        let code = self.grants.keep(Grant { client_id, nonce, challenge: Some(challenge) });
        format!("code={code}&state={}", text("state"))
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

/// What was granted under the names of codes and refresh tokens. Each is good for one use.
#[derive(Default)]
struct Grants(Mutex<(u64, BTreeMap<String, Grant>)>);

struct Grant {
    client_id: String,
    nonce: String,
    /// What a code is bound to.
    challenge: Option<String>,
}

impl Grants {
    fn next_name(&self) -> String {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        format!("grant-{}", state.0)
    }

    fn keep(&self, grant: Grant) -> String {
        let name = self.next_name();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.insert(name.clone(), grant);
        name
    }

    fn take(&self, name: &str) -> Option<Grant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.remove(name)
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").finish_non_exhaustive()
    }
}

fn answer(
    request: &Request<Bytes>,
    issuer: &TestIssuer,
    clock: &TestClock,
    grants: &Grants,
) -> Response<Bytes> {
    let base = issuer.issuer().trim_end_matches('/');
    let url = request.uri().to_string();
    match (request.method(), url.strip_prefix(base).unwrap_or_default()) {
        (&Method::GET, "/.well-known/openid-configuration") => json_response(200, &metadata(issuer, base)),
        (&Method::GET, "/jwks") => json_response(200, &issuer.jwks()),
        (&Method::GET, "/userinfo") => json_response(200, &json!({ "sub": "alice", "name": "Alice" })),
        (&Method::POST, "/token") => token(request.body(), issuer, clock, grants),
        (&Method::POST, "/revoke") => json_response(200, &json!({})),
        _ => json_response(404, &json!({ "error": "not_found" })),
    }
}

fn metadata(issuer: &TestIssuer, base: &str) -> serde_json::Value {
    json!({
        "issuer": issuer.issuer(),
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "revocation_endpoint": format!("{base}/revoke"),
        "end_session_endpoint": format!("{base}/logout"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    })
}

fn token(body: &[u8], issuer: &TestIssuer, clock: &TestClock, grants: &Grants) -> Response<Bytes> {
    let pairs = std::str::from_utf8(body).ok().and_then(|body| form::parse(body).ok()).unwrap_or_default();
    let fields: BTreeMap<_, _> = pairs.into_iter().collect();
    if fields.get("grant_type").is_some_and(|grant| grant == "client_credentials") {
        let token = json!({ "access_token": grants.next_name(), "token_type": "Bearer", "expires_in": 300 });
        return json_response(200, &token);
    }
    let name = fields.get("code").or_else(|| fields.get("refresh_token"));
    let proven = fields.get("code_verifier").map(|verifier| challenge(&CodeVerifier::new(verifier)));
    let Some(grant) = name.and_then(|name| grants.take(name)).filter(|grant| grant.challenge == proven)
    else {
        return json_response(400, &json!({ "error": "invalid_grant" }));
    };
    let claims = issuer.id_token_claims(&grant.client_id, &grant.nonce, clock.now());
    json_response(
        200,
        &json!({
            "access_token": grants.next_name(),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": issuer.sign(&claims),
            "refresh_token": grants.keep(Grant { challenge: None, ..grant }),
        }),
    )
}
