use super::Sessions;
use crate::{Client, ClientSecret, Provider, WebApp};

/// A Scalekit environment: one issuer, whose applications share their users' sessions.
///
/// ```
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// use vestibule::{ClientSecret, Provider, scalekit::Environment};
///
/// let environment = Environment::of(Provider::new("https://acme.scalekit.com")?);
/// let dashboard = environment.web_app("skc_1", ClientSecret::new("from your configuration"));
/// let sessions = environment.sessions("skc_1", ClientSecret::new("from your configuration"));
/// # let _ = (dashboard, sessions);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Environment(Provider);

impl Environment {
    /// The environment whose URL is this provider's issuer.
    pub fn of(provider: Provider) -> Self {
        Self(provider)
    }

    /// The environment as an OpenID Provider.
    pub fn provider(&self) -> &Provider {
        &self.0
    }

    /// A web application of this environment. Its secret is sent in the form body, the only way that is documented.
    pub fn web_app(&self, client_id: impl Into<String>, secret: ClientSecret) -> Client<WebApp> {
        self.0.web_app(client_id, secret).with_secret_in_body()
    }

    /// The sessions of this environment's users, as an application may manage them that has access to the API: with its
    /// own id and secret.
    pub fn sessions(&self, client_id: impl Into<String>, secret: ClientSecret) -> Sessions {
        let client = self.0.service(client_id, secret).with_secret_in_body();
        Sessions::new(self.0.clone(), client.token_source([""; 0]))
    }
}
