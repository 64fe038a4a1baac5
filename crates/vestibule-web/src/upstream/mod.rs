//! APIs that are called with the user's access token, by the application or, through it, by its front end.

mod forward;
mod headers;
mod place;
mod relays;
mod renewals;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use url::Url;
use vestibule::{
    AccessToken, Diagnose, Disposition, RedirectUri,
    transport::{HttpTransport, Limits, Transport},
};

pub(crate) use forward::relay;
use place::Place;
pub(crate) use relays::Relays;
use renewals::Renewals;

use crate::{
    ConfigError, Session,
    error::{Error, UpstreamError},
};

/// An API at a fixed place that is called with the user's current access token: renewed when it is due, and once more
/// when the API says that it is not good.
///
/// The token goes to this place and nowhere else: the path of a call cannot leave it, and no redirect is followed.
/// Answers are read whole, within [limits](Self::limits).
///
/// ```
/// use vestibule_web::{Error, Session, Upstream};
///
/// async fn open_orders(orders: &Upstream, session: &Session) -> Result<usize, Error> {
///     let answer = orders.get(session, "open?limit=10").await?;
///     Ok(answer.body().len())
/// }
///
/// let orders = Upstream::at("https://api.acme.example/orders")?;
/// # let _ = (orders, open_orders);
/// # Ok::<(), vestibule_web::ConfigError>(())
/// ```
///
/// Front ends reach it through [`RelyingPartyBuilder::relay`](crate::RelyingPartyBuilder::relay), without ever seeing a
/// token.
#[derive(Clone)]
pub struct Upstream(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    place: Place,
    transport: Arc<dyn Transport>,
    limits: Limits,
    body_limit: usize,
    methods: Vec<Method>,
    renewals: Renewals,
}

impl Upstream {
    /// The API below this URL: https, or http on a loopback host; without query.
    ///
    /// # Errors
    /// [`ConfigError::Upstream`] for any other URL, or when TLS cannot be set up.
    pub fn at(base: &str) -> Result<Self, ConfigError> {
        let transport = HttpTransport::new().map_err(|_| ConfigError::Upstream)?;
        Self::through(base, transport)
    }

    /// The API below this URL, reached by a transport of the application's own: with a private authority, say.
    ///
    /// # Errors
    /// As for [`at`](Self::at).
    pub fn through(base: &str, transport: impl Transport) -> Result<Self, ConfigError> {
        RedirectUri::new(base).map_err(|_| ConfigError::Upstream)?;
        let url = Url::parse(base).map_err(|_| ConfigError::Upstream)?;
        Ok(Self(Arc::new(Inner {
            place: Place::new(url).ok_or(ConfigError::Upstream)?,
            transport: Arc::new(transport),
            limits: Limits { time: Duration::from_secs(10), body: 8 * 1024 * 1024 },
            body_limit: 1024 * 1024,
            methods: [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
                .into(),
            renewals: Renewals::default(),
        })))
    }

    /// The bounds of one call: its time, and the answer's body. Default: ten seconds, 8 MiB.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.with(|inner| inner.limits = limits)
    }

    /// The longest body that a front end may send, in bytes. Default: 1 MiB.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        self.with(|inner| inner.body_limit = bytes)
    }

    /// The methods that a front end may use. Default: GET, HEAD, POST, PUT, PATCH and DELETE.
    #[must_use]
    pub fn methods(self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.with(|inner| inner.methods = methods.into_iter().collect())
    }

    /// Reads what is at `path` below the API's place; a query may follow it.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    pub async fn get(&self, session: &Session, path: &str) -> Result<Response<Bytes>, Error> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = format!("/{}", path.strip_prefix('/').unwrap_or(path))
            .parse()
            .map_err(|_| UpstreamError::Denied("path"))?;
        self.call(session, request).await
    }

    /// Sends a request in the user's name. Of its URI, path and query count, below the API's place; its `Authorization`
    /// is replaced. Whatever status the API answers with, redirects aside, is no error.
    ///
    /// # Errors
    /// - [`UpstreamError::Denied`] for a path that would leave the API's place; nothing was sent.
    /// - [`SessionError`](crate::SessionError) when there is no access token to send: see [`Session::access_token`].
    /// - [`UpstreamError::Unavailable`] when no answer came within the limits, [`UpstreamError::Redirected`] when it was
    ///   a redirect.
    pub async fn call(&self, session: &Session, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let place = self.0.place.join(request.uri().path(), request.uri().query());
        self.exchange(session, &place.ok_or(UpstreamError::Denied("path"))?, request).await
    }

    async fn exchange(
        &self,
        session: &Session,
        url: &Url,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let token = session.access_token().await?;
        let answer = self.send(url, &request, &token).await?;
        if answer.status() != StatusCode::UNAUTHORIZED || !self.0.renewals.may_renew(session) {
            return Ok(answer);
        }
        match session.renew_access_token(&token).await {
            Ok(renewed) if renewed != token => Ok(self.send(url, &request, &renewed).await?),
            Err(error) if error.disposition() == Disposition::Gone => Err(error.into()),
            // What the API said is as good an answer as why there is no better token.
            Ok(_) | Err(_) => Ok(answer),
        }
    }

    async fn send(
        &self,
        url: &Url,
        request: &Request<Bytes>,
        token: &AccessToken,
    ) -> Result<Response<Bytes>, UpstreamError> {
        let mut request = request.clone();
        *request.uri_mut() = url.as_str().parse().map_err(|_| UpstreamError::Denied("path"))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| UpstreamError::Denied("access token"))?;
        bearer.set_sensitive(true);
        request.headers_mut().remove(header::HOST);
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        let answer = self.0.transport.send(request, self.0.limits).await?;
        let is_redirect = answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED;
        if is_redirect { Err(UpstreamError::Redirected) } else { Ok(answer) }
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("place", &self.0.place).finish_non_exhaustive()
    }
}
