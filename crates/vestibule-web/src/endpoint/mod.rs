//! The engine's endpoints, one file each.

mod backchannel_logout;
mod callback;
mod form_body;
mod frontchannel_logout;
mod initiate;
mod logged_out;
mod login;
mod logout;
mod session;

use std::{future::Future, sync::Arc};

use bytes::Bytes;
pub(crate) use login::{Start, start_login};
use tracing::Instrument as _;

use crate::{
    challenge::login_url,
    engine::Engine,
    error::respond,
    http::{BodyFault, Reply, RequestHead, is_page_load, reply::method_not_allowed},
    observe,
    return_to::ReturnTo,
    upstream,
};

/// An endpoint of the engine, below its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET login?return_to=/path`: sends the browser to the provider.
    Login,
    /// `GET callback`: where the provider sends the browser back to; `POST` where it answers by a form.
    Callback,
    /// `POST logout`: ends the session here, then at the provider.
    Logout,
    /// `GET logged-out`: where the provider sends the browser after a logout.
    LoggedOut,
    /// `POST backchannel-logout`: where the provider tells that a user logged out elsewhere.
    BackchannelLogout,
    /// `GET frontchannel-logout?iss=…&sid=…`: what the provider shows in a frame when a user logged out elsewhere. There
    /// only where [`frontchannel_logout`](crate::RelyingPartyBuilder::frontchannel_logout) switched it on.
    FrontchannelLogout,
    /// `GET` or `POST initiate?iss=…&target_link_uri=…&login_hint=…`: where a third party starts a login.
    Initiate,
    /// `GET session`: who is signed in, as JSON for scripts of the application's own pages. They send `X-Requested-With`.
    Session,
    /// Calls to an API in the user's name, below the path that the application gave it.
    Relay,
}

impl Endpoint {
    /// Every endpoint below the prefix.
    pub const ALL: &'static [Self] = &[
        Self::Login,
        Self::Callback,
        Self::Logout,
        Self::LoggedOut,
        Self::BackchannelLogout,
        Self::FrontchannelLogout,
        Self::Initiate,
        Self::Session,
    ];

    /// Its last path segment; a relay has paths of the application's choosing.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Callback => "callback",
            Self::Logout => "logout",
            Self::LoggedOut => "logged-out",
            Self::BackchannelLogout => "backchannel-logout",
            Self::FrontchannelLogout => "frontchannel-logout",
            Self::Initiate => "initiate",
            Self::Session => "session",
            Self::Relay => "relay",
        }
    }

    pub(crate) fn of(path: &str, engine: &Engine) -> Option<Self> {
        let name = path.strip_prefix(&engine.prefix).and_then(|below| below.strip_prefix('/'));
        let named = name.and_then(|name| Self::ALL.iter().copied().find(|endpoint| endpoint.name() == name));
        let named = named.filter(|endpoint| endpoint.is_offered(engine));
        named.or_else(|| engine.relays.find(path).map(|_| Self::Relay))
    }

    fn is_offered(self, engine: &Engine) -> bool {
        match self {
            // Nobody hears of logouts who could not remember them.
            Self::BackchannelLogout => engine.sealed.as_ref().is_none_or(|sealed| sealed.hears_logouts),
            Self::FrontchannelLogout => engine.logins.frontchannel_logout,
            _ => true,
        }
    }

    /// The methods that it answers, unless they are the application's business.
    fn methods(self, engine: &Engine) -> Option<&'static str> {
        match self {
            Self::Callback if engine.request.is_form_post() => Some("POST"),
            Self::Login | Self::Callback | Self::LoggedOut | Self::FrontchannelLogout | Self::Session => {
                Some("GET")
            }
            Self::Initiate => Some("GET, POST"),
            Self::Logout | Self::BackchannelLogout => Some("POST"),
            Self::Relay => None,
        }
    }
}

pub(crate) async fn serve<B, F>(
    engine: &Arc<Engine>,
    endpoint: Endpoint,
    head: &RequestHead<'_>,
    body: B,
) -> Reply
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let correlation = engine.correlation();
    let span = observe::request_span(endpoint, &correlation);
    answer(engine, endpoint, head, body, &correlation).instrument(span).await
}

async fn answer<B, F>(
    engine: &Arc<Engine>,
    endpoint: Endpoint,
    head: &RequestHead<'_>,
    body: B,
    correlation: &str,
) -> Reply
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let methods = endpoint.methods(engine);
    if let Some(allow) = methods.filter(|methods| methods.split(", ").all(|method| method != head.method)) {
        let other_mode = endpoint == Endpoint::Callback && matches!(head.method, "GET" | "POST");
        return if other_mode {
            callback::wrong_method(engine, head, allow, correlation)
        } else {
            method_not_allowed(allow)
        };
    }
    let outcome = match endpoint {
        Endpoint::Login => login::serve(engine, head).await,
        Endpoint::Callback => return callback::serve(engine, head, body, correlation).await,
        Endpoint::Logout => return logout::serve(engine, head, body, correlation).await,
        Endpoint::LoggedOut => Ok(logged_out::serve(engine, head)),
        Endpoint::BackchannelLogout => {
            return backchannel_logout::serve(engine, head, body, correlation).await;
        }
        Endpoint::FrontchannelLogout => return frontchannel_logout::serve(engine, head, correlation).await,
        Endpoint::Initiate => initiate::serve(engine, head, body).await,
        Endpoint::Session => session::serve(engine, head).await,
        Endpoint::Relay => upstream::relay(engine, head, body).await,
    };
    outcome.unwrap_or_else(|error| {
        let again = (endpoint == Endpoint::Initiate).then(|| login_url(engine, &ReturnTo::home()));
        respond(&error, is_page_load(head), correlation, again.as_deref())
    })
}
