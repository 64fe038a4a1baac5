//! How often each endpoint was called.

use std::ops::Sub;
use std::sync::{Mutex, PoisonError};

use crate::faults::Endpoint;

/// Calls that arrived, by endpoint, since the provider started. The difference of two is what arrived in between.
///
/// A call that was answered with an outage or another misbehaviour counts; one whose connection was refused cannot. A
/// browser's question whether it may call (a CORS preflight) does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requests {
    /// Calls of `/authorize`.
    pub authorize: u64,
    /// Calls of `/device`, its forms included.
    pub device: u64,
    /// Calls of `/device_authorization`.
    pub device_authorization: u64,
    /// Calls of `/.well-known/openid-configuration`.
    pub discovery: u64,
    /// Calls of `/elsewhere`: redirects followed that ought not to be.
    pub elsewhere: u64,
    /// Calls of `/end_session`, the confirmation included.
    pub end_session: u64,
    /// Calls of `/introspect`.
    pub introspect: u64,
    /// Calls of `/jwks`.
    pub jwks: u64,
    /// Login pages that were sent off.
    pub login: u64,
    /// Calls of `/revoke`.
    pub revoke: u64,
    /// Calls of `/token`.
    pub token: u64,
    /// Calls of `/userinfo`.
    pub userinfo: u64,
}

impl Requests {
    /// All that an application sends by itself: discovery, keys, tokens, UserInfo, revocation, introspection, device
    /// authorization, and redirects that it follows. The browser's requests are not among them.
    pub fn back_channel(&self) -> u64 {
        let about_tokens = self.device_authorization + self.introspect + self.revoke + self.token;
        self.discovery + self.elsewhere + self.jwks + about_tokens + self.userinfo
    }

    fn of(&mut self, endpoint: Endpoint) -> &mut u64 {
        match endpoint {
            Endpoint::Authorize => &mut self.authorize,
            Endpoint::Device => &mut self.device,
            Endpoint::DeviceAuthorization => &mut self.device_authorization,
            Endpoint::Discovery => &mut self.discovery,
            Endpoint::Elsewhere => &mut self.elsewhere,
            Endpoint::EndSession => &mut self.end_session,
            Endpoint::Introspect => &mut self.introspect,
            Endpoint::Jwks => &mut self.jwks,
            Endpoint::Login => &mut self.login,
            Endpoint::Revoke => &mut self.revoke,
            Endpoint::Token => &mut self.token,
            Endpoint::UserInfo => &mut self.userinfo,
        }
    }
}

impl Sub for Requests {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            authorize: self.authorize.saturating_sub(earlier.authorize),
            device: self.device.saturating_sub(earlier.device),
            device_authorization: self.device_authorization.saturating_sub(earlier.device_authorization),
            discovery: self.discovery.saturating_sub(earlier.discovery),
            elsewhere: self.elsewhere.saturating_sub(earlier.elsewhere),
            end_session: self.end_session.saturating_sub(earlier.end_session),
            introspect: self.introspect.saturating_sub(earlier.introspect),
            jwks: self.jwks.saturating_sub(earlier.jwks),
            login: self.login.saturating_sub(earlier.login),
            revoke: self.revoke.saturating_sub(earlier.revoke),
            token: self.token.saturating_sub(earlier.token),
            userinfo: self.userinfo.saturating_sub(earlier.userinfo),
        }
    }
}

/// The counters behind [`Requests`].
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Requests>);

impl Counters {
    pub(crate) fn count(&self, endpoint: Endpoint) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.of(endpoint) += 1;
    }

    pub(crate) fn read(&self) -> Requests {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
