use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use vestibule::{
    AuthorizationRequest, Callback, Client, ClientSecret, Clock, Error, Login, LoginStart, Provider,
    ProviderBuilder, RedirectUri, WebApp, form,
    testing::{SeededRandom, TestClock, TestIssuer, json_response},
};

use super::{Op, with};

pub(crate) const ISSUER: &str = "https://op.example";
pub(crate) const CLIENT: &str = "dashboard";
pub(crate) const SECRET: &str = "a secret: 100% +safe";

/// A provider, a client of it, and their clock.
pub(crate) struct World {
    pub(crate) op: Op,
    pub(crate) issuer: TestIssuer,
    pub(crate) clock: TestClock,
    pub(crate) provider: Provider,
    pub(crate) client: Client<WebApp>,
}

impl World {
    /// A provider that does everything right.
    pub(crate) fn new() -> Self {
        Self::at(ISSUER)
    }

    /// The same under another issuer.
    pub(crate) fn at(issuer: &str) -> Self {
        Self::configured(issuer, |provider| provider)
    }

    /// The same, and an application that was told something special about it.
    pub(crate) fn configured(
        issuer: &str,
        configure: impl FnOnce(ProviderBuilder) -> ProviderBuilder,
    ) -> Self {
        let issuer = TestIssuer::new(issuer);
        let op = Op::default();
        let clock = TestClock::default();
        let provider = configure(Provider::builder(issuer.issuer()).unwrap())
            .transport(op.transport())
            .clock(clock.clone())
            .random(SeededRandom::new(1))
            .build()
            .unwrap();
        let client = provider.web_app(CLIENT, ClientSecret::new(SECRET));
        let world = Self { op, issuer, clock, provider, client };
        world.publish(&world.metadata());
        world.op.respond("/jwks", json_response(200, &world.issuer.jwks()));
        world
    }

    /// The same with these members in its metadata.
    pub(crate) fn with_metadata(members: &[(&str, Value)]) -> Self {
        let world = Self::new();
        let metadata = members
            .iter()
            .fold(world.metadata(), |metadata, (member, value)| with(metadata, member, value.clone()));
        world.publish(&metadata);
        world
    }

    pub(crate) fn publish(&self, metadata: &Value) {
        self.op.respond("/.well-known/openid-configuration", json_response(200, metadata));
    }

    pub(crate) fn metadata(&self) -> Value {
        json!({
            "issuer": self.issuer.issuer(),
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/jwks"),
            "userinfo_endpoint": format!("{ISSUER}/userinfo"),
            "revocation_endpoint": format!("{ISSUER}/revoke"),
            "end_session_endpoint": format!("{ISSUER}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        })
    }

    pub(crate) fn request(&self) -> AuthorizationRequest {
        AuthorizationRequest::new(RedirectUri::new("https://app.example/auth/callback").unwrap())
    }

    pub(crate) async fn begin(&self) -> LoginStart {
        self.client.begin_login(&self.request()).await.unwrap()
    }

    /// The claims of the ID token that belongs to this attempt.
    pub(crate) fn id_token_claims(&self, start: &LoginStart) -> Value {
        let nonce = &parameters(start)["nonce"];
        self.issuer.id_token_claims(CLIENT, nonce, self.clock.now())
    }

    /// From now on, the token endpoint answers with this ID token.
    pub(crate) fn issue(&self, id_token: &str) {
        self.op.respond("/token", token_answer(Some(id_token)));
    }

    /// Ends the attempt as the provider's good answer would.
    pub(crate) async fn complete(&self, start: LoginStart) -> Result<Login, Error> {
        let callback = Callback::parse(&callback_query(&start)).unwrap();
        self.client.complete_login(start.pending, &callback).await
    }

    /// A whole login.
    pub(crate) async fn log_in(&self) -> Login {
        let start = self.begin().await;
        self.issue(&self.issuer.sign(&self.id_token_claims(&start)));
        let login = self.complete(start).await.unwrap();
        self.op.take();
        login
    }

    /// A login whose ID token has these claims.
    pub(crate) async fn log_in_with(&self, change: impl FnOnce(Value) -> Value) -> Result<Login, Error> {
        let start = self.begin().await;
        self.issue(&self.issuer.sign(&change(self.id_token_claims(&start))));
        self.op.take();
        self.complete(start).await
    }
}

/// A good token answer.
pub(crate) fn token_answer(id_token: Option<&str>) -> Response<Bytes> {
    let mut answer = json!({
        "access_token": "at-1",
        "token_type": "Bearer",
        "expires_in": 299,
        "refresh_token": "rt-1",
    });
    if let Some(id_token) = id_token {
        answer["id_token"] = id_token.into();
    }
    json_response(200, &answer)
}

/// The parameters of an authorization request, none of which is there twice.
pub(crate) fn parameters(start: &LoginStart) -> BTreeMap<String, String> {
    let pairs = form::parse(start.url.query().unwrap()).unwrap();
    let count = pairs.len();
    let parameters: BTreeMap<_, _> = pairs.into_iter().collect();
    assert_eq!(parameters.len(), count, "a parameter is there twice");
    parameters
}

/// The query of a good answer to this attempt.
pub(crate) fn callback_query(start: &LoginStart) -> String {
    format!("code=c-1&state={}", parameters(start)["state"])
}
