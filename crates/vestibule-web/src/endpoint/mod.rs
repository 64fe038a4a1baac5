//! The engine's endpoints, one file each.

mod backchannel_logout;
mod callback;
mod form_body;
mod logged_out;
mod login;
mod logout;

use std::{future::Future, sync::Arc};

use bytes::Bytes;
pub(crate) use login::start_login;

use crate::{
    engine::Engine,
    error::respond,
    http::{BodyFault, Reply, RequestHead, is_navigation, reply::method_not_allowed},
    upstream,
};

/// An endpoint of the engine, below its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET login?return_to=/path`: sends the browser to the provider.
    Login,
    /// `GET callback`: where the provider sends the browser back to.
    Callback,
    /// `POST logout`: ends the session here, then at the provider.
    Logout,
    /// `GET logged-out`: where the provider sends the browser after a logout.
    LoggedOut,
    /// `POST backchannel-logout`: where the provider tells that a user logged out elsewhere.
    BackchannelLogout,
    /// Calls to an API in the user's name, below the path that the application gave it.
    Relay,
}

impl Endpoint {
    /// Every endpoint below the prefix.
    pub const ALL: &'static [Self] =
        &[Self::Login, Self::Callback, Self::Logout, Self::LoggedOut, Self::BackchannelLogout];

    /// Its last path segment; a relay has paths of the application's choosing.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Callback => "callback",
            Self::Logout => "logout",
            Self::LoggedOut => "logged-out",
            Self::BackchannelLogout => "backchannel-logout",
            Self::Relay => "relay",
        }
    }

    pub(crate) fn of(path: &str, engine: &Engine) -> Option<Self> {
        let name = path.strip_prefix(&engine.prefix).and_then(|below| below.strip_prefix('/'));
        let named = name.and_then(|name| Self::ALL.iter().copied().find(|endpoint| endpoint.name() == name));
        named.or_else(|| engine.relays.find(path).map(|_| Self::Relay))
    }

    /// The only method that it answers, if there is but one.
    const fn method(self) -> Option<&'static str> {
        match self {
            Self::Login | Self::Callback | Self::LoggedOut => Some("GET"),
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
    if let Some(only) = endpoint.method().filter(|only| *only != head.method) {
        return method_not_allowed(only);
    }
    let outcome = match endpoint {
        Endpoint::Login => login::serve(engine, head).await,
        Endpoint::Callback => return callback::serve(engine, head).await,
        Endpoint::Logout => logout::serve(engine, head, body).await,
        Endpoint::LoggedOut => Ok(logged_out::serve(engine, head)),
        Endpoint::BackchannelLogout => return backchannel_logout::serve(engine, head, body).await,
        Endpoint::Relay => upstream::relay(engine, head, body).await,
    };
    outcome.unwrap_or_else(|error| respond(&error, is_navigation(head), &engine.correlation(), None))
}
