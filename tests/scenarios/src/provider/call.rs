use std::ops::Sub;

use vestibule::testing::TestTransport;

/// An endpoint of the provider that applications call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// The metadata document.
    Discovery,
    /// The key set.
    Keys,
    /// The token endpoint.
    Token,
    /// The UserInfo endpoint.
    UserInfo,
    /// The revocation endpoint.
    Revocation,
    /// The introspection endpoint.
    Introspection,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Discovery, Self::Keys, Self::Token, Self::UserInfo, Self::Revocation, Self::Introspection];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Discovery => "/.well-known/openid-configuration",
            Self::Keys => "/jwks",
            Self::Token => "/token",
            Self::UserInfo => "/userinfo",
            Self::Revocation => "/revoke",
            Self::Introspection => "/introspect",
        }
    }

    pub(super) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.path() == path)
    }
}

/// How often each endpoint was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Metadata documents read.
    pub discovery: usize,
    /// Key sets read.
    pub keys: usize,
    /// Codes and refresh tokens sent.
    pub token: usize,
    /// UserInfo asked for.
    pub user_info: usize,
    /// Tokens revoked.
    pub revocation: usize,
    /// Access tokens asked about.
    pub introspection: usize,
}

impl Calls {
    /// No call at all.
    pub const NONE: Self =
        Self { discovery: 0, keys: 0, token: 0, user_info: 0, revocation: 0, introspection: 0 };
    /// One call of the token endpoint.
    pub const TOKEN: Self = Self { token: 1, ..Self::NONE };

    pub(super) fn count(transport: &TestTransport) -> Self {
        let count = |call: Call| transport.count(call.path());
        Self {
            discovery: count(Call::Discovery),
            keys: count(Call::Keys),
            token: count(Call::Token),
            user_info: count(Call::UserInfo),
            revocation: count(Call::Revocation),
            introspection: count(Call::Introspection),
        }
    }
}

impl Sub for Calls {
    type Output = Self;

    /// The calls since `before`.
    fn sub(self, before: Self) -> Self {
        Self {
            discovery: self.discovery - before.discovery,
            keys: self.keys - before.keys,
            token: self.token - before.token,
            user_info: self.user_info - before.user_info,
            revocation: self.revocation - before.revocation,
            introspection: self.introspection - before.introspection,
        }
    }
}
