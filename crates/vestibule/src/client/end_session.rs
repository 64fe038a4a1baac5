use url::Url;

use crate::{ConfigError, ProviderMetadata, RawIdToken, RedirectUri, State};

/// A logout to be asked of the provider (OpenID Connect RP-Initiated Logout section 2).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct EndSession {
    id_token_hint: Option<RawIdToken>,
    return_to: Option<(RedirectUri, Option<State>)>,
}

impl EndSession {
    /// A logout that tells the provider nothing but the client.
    pub fn new() -> Self {
        Self::default()
    }

    /// The ID token of the session to end: with it most providers ask no further question.
    pub fn id_token_hint(mut self, id_token: RawIdToken) -> Self {
        self.id_token_hint = Some(id_token);
        self
    }

    /// Where to send the browser afterwards; registered at the provider. A `state` comes back with it.
    pub fn return_to(mut self, uri: RedirectUri, state: Option<State>) -> Self {
        self.return_to = Some((uri, state));
        self
    }

    pub(crate) fn url(&self, metadata: &ProviderMetadata, client_id: &str) -> Result<Url, ConfigError> {
        let mut url = metadata.end_session_endpoint.clone().ok_or(ConfigError::NoEndpoint)?;
        let mut query = url.query_pairs_mut();
        if let Some(hint) = &self.id_token_hint {
            query.append_pair("id_token_hint", hint.expose());
        }
        query.append_pair("client_id", client_id);
        if let Some((uri, state)) = &self.return_to {
            query.append_pair("post_logout_redirect_uri", uri.as_str());
            if let Some(state) = state {
                query.append_pair("state", state.expose());
            }
        }
        drop(query);
        Ok(url)
    }
}
