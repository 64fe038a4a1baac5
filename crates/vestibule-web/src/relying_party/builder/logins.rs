use std::time::Duration;

use super::RelyingPartyBuilder;

/// More ways to log in and out. All of them are off unless they are named.
///
/// The endpoint `initiate` is always there: it starts a login for a third party that names our issuer (OpenID Connect
/// Core section 4), and for a signed `idp_initiated_login` of Scalekit's. Such a token is good once over all nodes; with
/// sealed sessions and no store, once on each.
impl<S> RelyingPartyBuilder<S> {
    /// Asks the provider once whether an anonymous visitor is signed in there, before a page for everybody is shown
    /// (OpenID Connect Core section 3.1.2.1, `prompt=none`).
    ///
    /// A page load whose handler asks for [`Visitor`](crate::Visitor) goes to the provider and comes back to the same
    /// page: signed in, or anonymous. That happens once in a browser session, and never to scripts, frames, prefetches,
    /// crawlers, or browsers without cookies; nor after a logout, nor when the provider is out of reach. Nobody sees an
    /// error page because of it. Pages for signed-in users go to the provider's login page, as always.
    ///
    /// Crawlers and browsers that send no `Sec-Fetch-Dest: document` count as anonymous at once. A browser that refuses
    /// cookies comes back with `silent-login=off` in the query.
    pub fn silent_login(mut self) -> Self {
        self.logins.silent = true;
        self
    }

    /// Lets the provider answer by a form that the browser posts, so that no code appears in a URL (OAuth 2.0 Form Post
    /// Response Mode). The callback then takes `POST` alone.
    ///
    /// Such a post comes from another site, so that the cookie of a login under way has to be `SameSite=None`; the
    /// session's own cookie stays `Lax`. Needs a base URL of https.
    pub fn form_post(mut self) -> Self {
        self.logins.form_post = true;
        self
    }

    /// Takes part in logouts by the browser (OpenID Connect Front-Channel Logout): the provider shows
    /// `frontchannel-logout?iss=…&sid=…` in a hidden frame, and the session of this browser ends if both are its own.
    ///
    /// Browsers send `SameSite=Lax` cookies into no frame of another site, and many send none at all there. So this works
    /// where provider and application share a site, such as `login.acme.example` and `app.acme.example`, and elsewhere
    /// it does nothing. Back-channel logout depends on no browser; prefer it.
    pub fn frontchannel_logout(mut self) -> Self {
        self.logins.frontchannel_logout = true;
        self
    }

    /// Keeps the ID token in sealed sessions too, to show it to the provider at logout as `id_token_hint` (OpenID Connect
    /// RP-Initiated Logout section 2). Without it some providers, such as Keycloak, ask the user to confirm the logout.
    /// Default: sealed sessions keep none; stored ones always do.
    ///
    /// It takes as much room in the cookies again as the claims do, and a third more. A login that does not fit is refused
    /// with `session.too_large`.
    pub fn keep_id_token(mut self) -> Self {
        self.logins.keep_id_token = true;
        self
    }

    /// Asks the provider about a session that it has not confirmed for this long, at the next request that asks who the
    /// visitor is, and before that is answered: for providers whose back-channel logout cannot reach this application
    /// (a firewall, a laptop, a container network). One call for all nodes and tasks: a refresh of the session's tokens.
    /// Default: never.
    ///
    /// A logout at the provider is in force here after the interval and one call. Open connections that wait for
    /// [`Session::ended`](crate::Session::ended) keep asking, whether or not anybody makes requests, and end within that
    /// too. Requests that look at no session, such as for static files, cost nothing.
    ///
    /// A provider that is down ends no session: it lives on to its [`lifetimes`](Self::lifetimes), and the provider is
    /// asked again after ten seconds.
    ///
    /// A session without a refresh token cannot be confirmed. It lives for one interval, and its next page load goes by way
    /// of the provider, which sends those straight back who are still signed in there. Sealed sessions have none, and are
    /// refused with [`ConfigError::Revalidation`](crate::ConfigError::Revalidation): give them an absolute lifetime of the
    /// interval, to the same effect.
    ///
    /// What this is worth depends on the provider: its refresh tokens must end with the user's session. Some let those with
    /// the scope `offline_access` go on (OpenID Connect Back-Channel Logout section 2.7); leave it out of
    /// [`scopes`](Self::scopes) there, and logins go by the paragraph above.
    pub fn revalidate_every(mut self, interval: Duration) -> Self {
        self.revalidate_every = Some(interval);
        self
    }

    /// Lets a third party start a login without naming the issuer, as Scalekit does for stale bookmarks and invitations.
    /// OpenID Connect Core section 4 requires `iss`, and so does `initiate` unless this is set.
    pub fn initiation_without_issuer(mut self) -> Self {
        self.logins.initiation_without_issuer = true;
        self
    }

    /// What a third party that starts a login may add to the authorization request, beside `login_hint`: such as
    /// `organization_id`, or what an invitation carries. Default: nothing.
    ///
    /// The names are checked by `build`: the protocol's own parameters cannot be passed on.
    pub fn initiation_parameters<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.logins.initiation_parameters = names.into_iter().map(Into::into).collect();
        self
    }
}
