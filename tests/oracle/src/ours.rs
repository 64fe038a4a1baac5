use http::Uri;
use serde_json::{Value, json};
use vestibule::{
    AllowedAlgorithms, AuthorizationRequest, Callback, Client, ClientSecret, Diagnose, LoginStart, Provider,
    RedirectUri, TokenPolicy, WebApp,
    testing::{SeededRandom, TestClock, TestTransport, json_response},
};

use crate::{
    Case, Login, Setting,
    login::ACCESS_TOKEN,
    provider::{CLIENT, ISSUER, NOW, SECRET},
};

/// What a login with Vestibule makes of the token, whole: discovery, redirect, callback, code exchange, verification.
///
/// # Panics
/// When the login does not come as far as its token answer.
pub async fn judge(case: &Case) -> Result<(), &'static str> {
    let LoginStart { url, pending, .. } =
        client(&case.setting, "").begin_login(&request(&case.setting)).await.expect("a login starts");
    let parameter = |wanted: &str| {
        let found = url.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).expect("every login has it")
    };
    let raw = case.make(&Login { issuer: case.setting.issuer.clone(), nonce: parameter("nonce") });
    let callback = Callback::parse(&format!("code=code-1&state={}", parameter("state"))).expect("a callback");
    let login = client(&case.setting, &raw).complete_login(pending, &callback).await;
    login.map(|_| ()).map_err(|error| error.code())
}

/// A client whose code exchange brings this ID token. Every one draws the same state and nonce.
fn client(setting: &Setting, id_token: &str) -> Client<WebApp> {
    let (metadata, jwks) = (metadata(setting), setting.jwks.clone());
    let answer = json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": id_token });
    let transport = TestTransport::new(move |sent| {
        Ok(match Uri::path(sent.uri()) {
            "/jwks" => json_response(200, &jwks),
            "/token" => json_response(200, &answer),
            _ => json_response(200, &metadata),
        })
    });
    let provider = Provider::builder(ISSUER)
        .expect("an issuer")
        .transport(transport)
        .clock(TestClock::at(NOW))
        .random(SeededRandom::new(1))
        .build()
        .expect("a provider");
    provider.web_app(CLIENT, ClientSecret::new(SECRET)).with_policy(policy(setting))
}

fn metadata(setting: &Setting) -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"),
        "jwks_uri": format!("{ISSUER}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": setting.algorithms,
    })
}

fn policy(setting: &Setting) -> TokenPolicy {
    let algorithms = AllowedAlgorithms::from_discovery(setting.algorithms.iter().copied());
    TokenPolicy::default()
        .algorithms(algorithms.expect("one is usable"))
        .trusted_audiences(setting.trusted_audience)
}

fn request(setting: &Setting) -> AuthorizationRequest {
    let redirect_uri = RedirectUri::new("https://app.example/auth/callback").expect("a redirect URI");
    let request = AuthorizationRequest::new(redirect_uri).require_acr(setting.required_acr);
    match setting.max_age {
        Some(max_age) => request.max_age(max_age),
        None => request,
    }
}
