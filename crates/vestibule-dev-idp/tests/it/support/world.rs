//! The provider with two applications, and a browser.

use std::time::{Duration, UNIX_EPOCH};

use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use reqwest::redirect::Policy;
use serde_json::Value;
use vestibule_dev_idp::{Application, Clock, DevIdp, DevIdpBuilder, User};

use super::Answer;

pub(crate) const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters";
pub(crate) const NONCE: &str = "the-nonce";
/// The client id of a native application.
pub(crate) const CLI: &str = "acme-cli";
/// The client id of a single-page application.
pub(crate) const SPA: &str = "analytics";
/// Where its scripts come from.
pub(crate) const SPA_ORIGIN: &str = "http://127.0.0.1:3000";
pub(crate) const NOW: i64 = 1_900_000_000;

pub(crate) struct World {
    pub(crate) idp: DevIdp,
    pub(crate) browser: reqwest::Client,
}

/// The query of an authorization request.
#[derive(Clone)]
pub(crate) struct Authorization(Vec<(String, String)>);

/// What an application got.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) answer: Value,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) id_token: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(change: impl FnOnce(DevIdpBuilder) -> DevIdpBuilder) -> Self {
        let builder = DevIdp::builder()
            .clock(Clock::stopped_at(UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs())))
            .user(
                User::new("alice")
                    .name("Alice Liddell")
                    .email("alice@acme.example")
                    .claim("roles", ["admin"]),
            )
            .user(User::new("bob").name("Bob <b>Bold</b>"))
            .application(application("dashboard"))
            .application(application("docs"))
            .application(cli())
            .application(spa());
        Self { idp: change(builder).start().unwrap(), browser: browser() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.idp.issuer())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.browser.get(self.url(path)).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        Answer::read(self.browser.post(self.url(path)).form(form).send().await.unwrap()).await
    }

    /// The browser arrives at the provider.
    pub(crate) async fn authorize(&self, request: &Authorization) -> Answer {
        self.get(&format!("/authorize?{}", request.query())).await
    }

    /// The browser sends the login page off.
    pub(crate) async fn sign_in(&self, request: &Authorization, login: &str) -> Answer {
        self.post("/login", &[("login", login), ("request", &request.query())]).await
    }

    /// A whole login, page included, up to the code.
    pub(crate) async fn code(&self, client: &str, login: &str) -> String {
        self.sign_in(&Authorization::of(client), login).await.callback()["code"].clone()
    }

    pub(crate) async fn exchange(&self, client: &str, code: &str) -> Answer {
        self.token(client, &exchanging(code, &redirect_uri(client))).await
    }

    /// A whole login to the single-page application, up to the answer with the tokens.
    pub(crate) async fn exchange_for_spa(&self, login: &str) -> Answer {
        let code = self.code(SPA, login).await;
        self.token_for_spa(&exchanging(&code, &redirect_uri(SPA))).await
    }

    pub(crate) async fn refresh(&self, client: &str, refresh_token: &str) -> Answer {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// A call of the token endpoint, authenticated by Basic.
    pub(crate) async fn token(&self, client: &str, form: &[(&str, &str)]) -> Answer {
        let call = self.browser.post(self.url("/token")).basic_auth(client, Some(secret(client))).form(form);
        Answer::read(call.send().await.unwrap()).await
    }

    /// A call of the token endpoint by a native application.
    pub(crate) async fn token_for_cli(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/token", &[form, &[("client_id", CLI)]].concat()).await
    }

    /// A call of the token endpoint by a script of the single-page application.
    pub(crate) async fn token_for_spa(&self, form: &[(&str, &str)]) -> Answer {
        self.script_posts("/token", SPA_ORIGIN, &[form, &[("client_id", SPA)]].concat()).await
    }

    /// A script from this origin sends a form.
    pub(crate) async fn script_posts(&self, path: &str, origin: &str, form: &[(&str, &str)]) -> Answer {
        let call = self.browser.post(self.url(path)).header("origin", origin).form(form);
        Answer::read(call.send().await.unwrap()).await
    }

    /// A whole login, up to the tokens.
    pub(crate) async fn tokens(&self, client: &str, login: &str) -> Tokens {
        let code = self.code(client, login).await;
        Tokens::read(&self.exchange(client, &code).await)
    }

    /// A login without a page, up to the tokens.
    pub(crate) async fn tokens_by_sso(&self, client: &str) -> Tokens {
        let code = self.authorize(&Authorization::of(client)).await.callback()["code"].clone();
        Tokens::read(&self.exchange(client, &code).await)
    }

    pub(crate) async fn userinfo(&self, access_token: &str) -> Answer {
        let call = self.browser.get(self.url("/userinfo")).bearer_auth(access_token);
        Answer::read(call.send().await.unwrap()).await
    }

    /// The browser is sent to log out.
    pub(crate) async fn log_out(&self, tokens: &Tokens) -> Answer {
        self.get(&format!("/end_session?id_token_hint={}", tokens.id_token)).await
    }
}

fn exchanging<'a>(code: &'a str, redirect_uri: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", VERIFIER),
    ]
}

impl Authorization {
    pub(crate) fn of(client: &str) -> Self {
        let verifier = PkceCodeVerifier::new(VERIFIER.to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        Self(Vec::new())
            .with("response_type", "code")
            .with("client_id", client)
            .with("redirect_uri", &redirect_uri(client))
            .with("scope", "openid profile email offline_access")
            .with("state", "the-state")
            .with("nonce", NONCE)
            .with("code_challenge", challenge.as_str())
            .with("code_challenge_method", "S256")
    }

    /// Sets a parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.and(name, value)
    }

    /// Adds a parameter, even if it is there already.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

impl Tokens {
    pub(crate) fn read(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Self {
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            answer: json,
        }
    }
}

/// An application under its own name.
pub(crate) fn application(client: &str) -> Application {
    Application::web(client, secret(client))
        .redirect_uri(redirect_uri(client))
        .post_logout_redirect_uri(post_logout_redirect_uri(client))
}

/// A native application that may use the device flow.
pub(crate) fn cli() -> Application {
    Application::native(CLI)
        .redirect_uri("http://127.0.0.1/callback/*")
        .redirect_uri("http://[::1]/callback")
        .redirect_uri("example.acme.cli:/callback")
        .post_logout_redirect_uri("http://127.0.0.1/done")
        .device_flow(true)
}

/// A single-page application.
pub(crate) fn spa() -> Application {
    Application::spa(SPA)
        .redirect_uri(redirect_uri(SPA))
        .post_logout_redirect_uri(post_logout_redirect_uri(SPA))
}

pub(crate) fn redirect_uri(client: &str) -> String {
    format!("http://127.0.0.1:3000/{client}/callback")
}

pub(crate) fn post_logout_redirect_uri(client: &str) -> String {
    format!("http://127.0.0.1:3000/{client}/logged-out")
}

pub(crate) fn secret(client: &str) -> String {
    format!("secret-of-{client}")
}

/// A browser of its own: it keeps cookies and shows redirects instead of following them.
pub(crate) fn browser() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().build().unwrap()
}
