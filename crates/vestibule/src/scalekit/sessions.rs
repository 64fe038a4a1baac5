use std::marker::PhantomData;

use http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{ScalekitError, Session, SessionId, SessionPage, UserId, call::Call};
use crate::{ConfigError, Error, Provider, TokenSource};

/// The sessions of an environment's users.
///
/// Revoking a session ends it everywhere: Scalekit tells every application by back-channel logout. Access tokens that are
/// out already go on until they expire. Every call is made with the application's own token, which is fetched when it is
/// needed and replaced once when it is refused.
///
/// ```
/// # use vestibule::{ClientSecret, Provider};
/// # async fn account_page(provider: Provider, subject: &str) -> Result<(), vestibule::Error> {
/// use vestibule::scalekit::{Environment, SessionId, UserId};
///
/// let sessions = Environment::of(provider).sessions("skc_1", ClientSecret::new("from your configuration"));
/// let user = UserId::new(subject)?;
/// for session in sessions.all(&user).await?.iter().filter(|session| session.is_active()) {
///     println!("{}: {:?}", session.session_id, session.last_active_at);
/// }
/// // From a form on that page: the id came from the browser, so whose session it is has to be looked up.
/// sessions.revoke_of(&user, &SessionId::new("ses_1")?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sessions {
    provider: Provider,
    tokens: TokenSource,
}

#[derive(Deserialize)]
struct Revoked {
    revoked_session: RevokedSession,
}

#[derive(Deserialize)]
struct RevokedSession {
    session_id: String,
}

#[derive(Deserialize)]
struct AllRevoked {
    #[serde(default)]
    total_revoked: u32,
}

/// The most pages of one user's sessions that are read.
const MAX_PAGES: usize = 100;

impl Sessions {
    pub(super) fn new(provider: Provider, tokens: TokenSource) -> Self {
        Self { provider, tokens }
    }

    /// One session, whoever's it is.
    ///
    /// # Errors
    /// [`ScalekitError`], inside [`Error::Scalekit`], and as for [`TokenSource::token`].
    pub async fn get(&self, session: &SessionId) -> Result<Session, Error> {
        self.call(Method::GET, &["sessions", session.as_str()], None).await
    }

    /// A page of a user's sessions, ended ones included: the first one, or the one that `page_token` stands for.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub async fn page(&self, user: &UserId, page_token: Option<&str>) -> Result<SessionPage, Error> {
        self.call(Method::GET, &["users", user.as_str(), "sessions"], page_token).await
    }

    /// All sessions of a user, ended ones included.
    ///
    /// # Errors
    /// As for [`get`](Self::get); [`ScalekitError::InvalidResponse`] for more than a hundred pages.
    pub async fn all(&self, user: &UserId) -> Result<Vec<Session>, Error> {
        let mut sessions = Vec::new();
        let mut next = String::new();
        for _ in 0..MAX_PAGES {
            let page = self.page(user, Some(next.as_str()).filter(|token| !token.is_empty())).await?;
            sessions.extend(page.sessions);
            next = page.next_page_token;
            if next.is_empty() {
                return Ok(sessions);
            }
        }
        Err(ScalekitError::InvalidResponse.into())
    }

    /// Ends a session of this user, and no other's. For ids that come from a browser.
    ///
    /// # Errors
    /// [`ScalekitError::NotTheUsers`] when it is not this user's: nothing was revoked. As for [`get`](Self::get).
    pub async fn revoke_of(&self, user: &UserId, session: &SessionId) -> Result<(), Error> {
        let found = match self.get(session).await {
            Err(Error::Scalekit(ScalekitError::Refused { status: 404, .. })) => None,
            found => Some(found?),
        };
        let is_users =
            |found: &Session| found.user_id == user.as_str() && found.session_id == session.as_str();
        if !found.as_ref().is_some_and(is_users) {
            return Err(ScalekitError::NotTheUsers.into());
        }
        self.revoke(session).await
    }

    /// Ends a session, whoever's it is. It cannot be undone.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub async fn revoke(&self, session: &SessionId) -> Result<(), Error> {
        let answer: Revoked =
            self.call(Method::POST, &["sessions", session.as_str(), "revoke"], None).await?;
        let is_revoked = answer.revoked_session.session_id == session.as_str();
        if is_revoked { Ok(()) } else { Err(ScalekitError::InvalidResponse.into()) }
    }

    /// Ends every session of a user, and tells how many there were.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    pub async fn revoke_all(&self, user: &UserId) -> Result<u32, Error> {
        let path = ["users", user.as_str(), "sessions", "revoke"];
        let answer: AllRevoked = self.call(Method::POST, &path, None).await?;
        Ok(answer.total_revoked)
    }

    /// Makes a call; once more with another token if the first one is refused.
    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        page_token: Option<&str>,
    ) -> Result<T, Error> {
        let url = self.url(path, page_token).ok_or(ConfigError::Issuer)?;
        let token = self.tokens.token().await?;
        let call = |token| Call { method: method.clone(), url: &url, token, answer: PhantomData };
        match self.provider.exchange(call(&token)).await {
            Err(ScalekitError::Unauthorized) => {
                let token = self.tokens.after_rejected(&token).await?;
                Ok(self.provider.exchange(call(&token)).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    fn url(&self, path: &[&str], page_token: Option<&str>) -> Option<Url> {
        let mut url = self.provider.called_issuer()?;
        url.path_segments_mut().ok()?.pop_if_empty().extend(["api", "v1"]).extend(path);
        if let Some(token) = page_token {
            url.query_pairs_mut().append_pair("page_token", token);
        }
        Some(url)
    }
}
