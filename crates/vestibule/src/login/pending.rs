use std::{borrow::Cow, fmt, time::Duration};

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{AuthorizationRequest, Callback, CallbackError, random_token};
use crate::{CodeVerifier, Issuer, Nonce, Random, RandomError, State};

/// A login that has been started.
#[non_exhaustive]
pub struct LoginStart {
    /// Where to send the browser.
    pub url: Url,
    /// What to keep until the browser comes back, bound to that browser.
    pub pending: PendingLogin,
}

impl fmt::Debug for LoginStart {
    /// Shows the URL without its query, which holds `state` and `nonce`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginStart")
            .field("host", &self.url.host_str())
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

/// What must be kept, secretly and for this browser alone, until the provider's answer comes.
///
/// It pins issuer, client, redirect URI and response mode, and holds `state`, `nonce` and the code verifier (checklist C05). It is
/// taken by value when the login is completed: an attempt ends once. Where it is stored, take it out of there first.
pub struct PendingLogin {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: State,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: CodeVerifier,
    pub(crate) form_post: bool,
    pub(crate) max_age: Option<Duration>,
    pub(crate) required_acr: Vec<String>,
}

impl PendingLogin {
    pub(crate) fn new(
        request: &AuthorizationRequest,
        issuer: &Issuer,
        client_id: &str,
        random: &dyn Random,
    ) -> Result<Self, RandomError> {
        Ok(Self {
            issuer: issuer.as_str().to_owned(),
            client_id: client_id.to_owned(),
            redirect_uri: request.redirect_uri().as_str().to_owned(),
            state: State::new(random_token(random)?),
            nonce: Nonce::new(random_token(random)?),
            verifier: CodeVerifier::new(random_token(random)?),
            form_post: request.is_form_post(),
            max_age: request.required_max_age(),
            required_acr: request.required_acr().to_vec(),
        })
    }

    /// The `state` of this attempt.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Writes the attempt for storage. The bytes are secret: seal them before they leave the process.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let stored = Stored {
            issuer: self.issuer.as_str().into(),
            client_id: self.client_id.as_str().into(),
            redirect_uri: self.redirect_uri.as_str().into(),
            state: self.state.expose().into(),
            nonce: self.nonce.expose().into(),
            verifier: self.verifier.expose().into(),
            form_post: self.form_post,
            max_age: self.max_age.map(|age| age.as_secs()),
            required_acr: self.required_acr.iter().map(Into::into).collect(),
        };
        // Strings and numbers always serialise.
        Zeroizing::new(serde_json::to_vec(&stored).unwrap_or_default())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let stored: Stored<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            issuer: stored.issuer.into_owned(),
            client_id: stored.client_id.into_owned(),
            redirect_uri: stored.redirect_uri.into_owned(),
            state: State::new(stored.state),
            nonce: Nonce::new(stored.nonce),
            verifier: CodeVerifier::new(stored.verifier),
            form_post: stored.form_post,
            max_age: stored.max_age.map(Duration::from_secs),
            required_acr: stored.required_acr.into_iter().map(Cow::into_owned).collect(),
        })
    }

    /// Whether the answer is one to this attempt: first its state, then the way it came, then its `iss`. Nothing else of
    /// it counts before. [`Client::complete_login`](crate::Client::complete_login) judges by this too; who waits for one
    /// answer among others asks here, and waits on.
    ///
    /// ```
    /// # use vestibule::{AuthorizationRequest, Callback, RedirectUri, testing::TestProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().native("acme-cli");
    /// # let redirect_uri = RedirectUri::loopback("127.0.0.1:49152".parse()?, "/callback")?;
    /// # let start = client.begin_login(&AuthorizationRequest::new(redirect_uri)).await?;
    /// let forged = Callback::parse("code=c-1&state=guess")?;
    /// assert!(start.pending.recognises(&forged).is_err());
    ///
    /// let answer = Callback::parse(&op.log_in(&start))?;
    /// assert!(start.pending.recognises(&answer).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`CallbackError::StateInvalid`], [`CallbackError::WrongMode`] or [`CallbackError::IssuerMismatch`], in this order.
    pub fn recognises(&self, callback: &Callback) -> Result<(), CallbackError> {
        if callback.state() != Some(&self.state) {
            return Err(CallbackError::StateInvalid);
        }
        if callback.is_form() != self.form_post {
            return Err(CallbackError::WrongMode);
        }
        match callback.issuer() {
            Some(issuer) if issuer != self.issuer => Err(CallbackError::IssuerMismatch),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(rename = "i", borrow)]
    issuer: Cow<'a, str>,
    #[serde(rename = "c", borrow)]
    client_id: Cow<'a, str>,
    #[serde(rename = "r", borrow)]
    redirect_uri: Cow<'a, str>,
    #[serde(rename = "s", borrow)]
    state: Cow<'a, str>,
    #[serde(rename = "n", borrow)]
    nonce: Cow<'a, str>,
    #[serde(rename = "v", borrow)]
    verifier: Cow<'a, str>,
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    form_post: bool,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    required_acr: Vec<Cow<'a, str>>,
}
