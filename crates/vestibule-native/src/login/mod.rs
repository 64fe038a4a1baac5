//! Logging in: what is asked for, and how it is told.

mod browser;
mod device;
mod event;
mod flow;
mod keep;
mod turn;

use std::{fmt, sync::Arc, time::Duration};

pub use event::{DeviceLogin, LoginEvent, NoBrowser, Visit};
use vestibule::{AuthorizationRequest, DeviceRequest, RedirectUri};

use crate::{Cancel, Paste, patience::Patience};

/// A login to be asked for.
///
/// ```
/// use std::time::Duration;
/// use vestibule_native::{Login, LoginEvent};
///
/// let login = Login::new()
///     .scopes(["profile", "email"])
///     .timeout(Duration::from_secs(120))
///     .on_event(|event| {
///         if let LoginEvent::Browser(visit) = event {
///             eprintln!("If your browser does not open, visit {}", visit.url());
///         }
///     });
/// # let _ = login;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Login {
    scopes: Vec<String>,
    hint: Option<String>,
    adjust: Option<Adjust>,
    way: LoginWay,
    patience: Patience,
    paste: Option<Arc<dyn Paste>>,
    listener: Option<Listener>,
}

type Adjust = Arc<dyn Fn(AuthorizationRequest) -> AuthorizationRequest + Send + Sync>;
type Listener = Arc<dyn Fn(LoginEvent) + Send + Sync>;

/// How the user is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LoginWay {
    /// As the surroundings allow.
    #[default]
    Whichever,
    Browser,
    PrintedUrl,
    Device,
}

impl Login {
    /// A login in the browser, or on another device where no browser can be shown. It waits five minutes.
    pub fn new() -> Self {
        Self {
            scopes: ["profile", "email"].map(str::to_owned).to_vec(),
            hint: None,
            adjust: None,
            way: LoginWay::default(),
            patience: Patience::default(),
            paste: None,
            listener: None,
        }
    }

    /// Scopes beside `openid`, one by one or separated by spaces; a refresh token is always asked for. Default: `profile`
    /// and `email`, so that the user has a name.
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
        self
    }

    /// Who is probably logging in, such as an e-mail address.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Changes what is asked of the provider in the browser: `prompt`, `max_age`, the organization. Such a login is never
    /// answered by one that another process made meanwhile. The device flow has none of these.
    ///
    /// ```
    /// use vestibule_native::{Login, vestibule::Prompt};
    ///
    /// let login = Login::new().adjust(|request| request.prompt(Prompt::SelectAccount));
    /// # let _ = login;
    /// ```
    pub fn adjust(
        mut self,
        adjust: impl Fn(AuthorizationRequest) -> AuthorizationRequest + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Arc::new(adjust));
        self
    }

    /// Opens the browser, whatever the surroundings look like.
    pub fn in_browser(mut self) -> Self {
        self.way = LoginWay::Browser;
        self
    }

    /// Opens no browser: the address is told as [`LoginEvent::NoBrowser`].
    pub fn without_browser(mut self) -> Self {
        self.way = LoginWay::PrintedUrl;
        self
    }

    /// Has the user decide on another device (RFC 8628).
    pub fn on_another_device(mut self) -> Self {
        self.way = LoginWay::Device;
        self
    }

    /// How long the user may take, from the first step to the last. Default: five minutes.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.patience.limit = limit;
        self
    }

    /// Ends the login with `native.cancelled` when `cancel` is used. Dropping the login's future does the same.
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.patience.cancel = cancel.clone();
        self
    }

    /// Lets the user paste the browser's answer. Read the warning at [`Paste`] first. Default: off.
    pub fn paste(mut self, paste: impl Paste) -> Self {
        self.paste = Some(Arc::new(paste));
        self
    }

    /// Hears what happens meanwhile. Called within the login: it must not block.
    pub fn on_event(mut self, listener: impl Fn(LoginEvent) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    fn tell(&self, event: LoginEvent) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    /// Whether somebody could show an address.
    fn is_heard(&self) -> bool {
        self.listener.is_some()
    }

    fn authorization_request(&self, redirect_uri: RedirectUri) -> AuthorizationRequest {
        let mut request = AuthorizationRequest::new(redirect_uri).scopes(&self.scopes).refresh_token();
        if let Some(hint) = &self.hint {
            request = request.login_hint(hint);
        }
        match &self.adjust {
            Some(adjust) => adjust(request),
            None => request,
        }
    }

    fn device_request(&self) -> DeviceRequest {
        DeviceRequest::new().scopes(&self.scopes).refresh_token()
    }
}

impl Default for Login {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("scopes", &self.scopes)
            .field("way", &self.way)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
