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
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: &'static [Self] =
        &[Self::Login, Self::Callback, Self::Logout, Self::LoggedOut, Self::BackchannelLogout];

    /// Its last path segment.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Callback => "callback",
            Self::Logout => "logout",
            Self::LoggedOut => "logged-out",
            Self::BackchannelLogout => "backchannel-logout",
        }
    }

    pub(crate) fn of(path: &str, prefix: &str) -> Option<Self> {
        let name = path.strip_prefix(prefix)?.strip_prefix('/')?;
        Self::ALL.iter().copied().find(|endpoint| endpoint.name() == name)
    }

    const fn method(self) -> &'static str {
        match self {
            Self::Login | Self::Callback | Self::LoggedOut => "GET",
            Self::Logout | Self::BackchannelLogout => "POST",
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
    if head.method != endpoint.method() {
        return method_not_allowed(endpoint.method());
    }
    let outcome = match endpoint {
        Endpoint::Login => login::serve(engine, head).await,
        Endpoint::Callback => return callback::serve(engine, head).await,
        Endpoint::Logout => logout::serve(engine, head, body).await,
        Endpoint::LoggedOut => Ok(logged_out::serve(engine, head)),
        Endpoint::BackchannelLogout => return backchannel_logout::serve(engine, head, body).await,
    };
    outcome.unwrap_or_else(|error| respond(&error, is_navigation(head), &engine.correlation(), None))
}
