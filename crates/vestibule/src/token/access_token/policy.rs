use std::time::Duration;

use crate::{AllowedAlgorithms, ConfigError, TokenPolicy};

/// What an API demands of JWT access tokens.
///
/// # Defaults
/// [`rfc9068`](Self::rfc9068), RS256, one minute of clock skew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenPolicy {
    pub(crate) kind: KindRule,
    pub(crate) jwt: TokenPolicy,
}

/// How an access token is told from the other tokens of its issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KindRule {
    Typ,
    Claims,
}

impl AccessTokenPolicy {
    /// For providers that follow RFC 9068: `typ` is `at+jwt`, and `exp`, `iat`, `sub`, `client_id` and `jti` are there.
    pub fn rfc9068() -> Self {
        Self { kind: KindRule::Typ, jwt: TokenPolicy::default() }
    }

    /// For providers that sign access tokens without a `typ` of their own, such as Scalekit, or without `client_id`, such as
    /// Keycloak, whatever `typ` it is set to.
    ///
    /// `typ` may then be absent, `JWT` or `at+jwt`, and the claims must say that this is an access token, since ID
    /// tokens, logout tokens and others come from the same issuer and are signed with the same keys (RFC 8725 section
    /// 3.12):
    ///
    /// - `client_id` and `jti` are there, or the mark that some providers set: the claim `typ: Bearer` (Keycloak) or
    ///   `token_use: access`; a mark that says something else refuses the token;
    /// - `at_hash` and `c_hash` are not there, nor `nonce` unless there is a mark;
    /// - there is no `events`, as in logout tokens, and no `code` or `error`, as in authorization responses.
    ///
    /// `exp`, `iat` and `sub` must be there, as under [`rfc9068`](Self::rfc9068); `jti` need not where there is a mark, and
    /// `azp` may stand in for `client_id`.
    pub fn untyped() -> Self {
        Self { kind: KindRule::Claims, jwt: TokenPolicy::default() }
    }

    /// Which signature algorithms are accepted. Default: RS256.
    #[must_use]
    pub fn algorithms(self, algorithms: AllowedAlgorithms) -> Self {
        Self { jwt: self.jwt.algorithms(algorithms), ..self }
    }

    /// How far the provider's clock may be off. Default: 60 seconds; fractions of a second are dropped.
    ///
    /// # Errors
    /// [`ConfigError::ClockSkew`] above 300 seconds.
    pub fn clock_skew(self, skew: Duration) -> Result<Self, ConfigError> {
        Ok(Self { jwt: self.jwt.clock_skew(skew)?, ..self })
    }
}

impl Default for AccessTokenPolicy {
    fn default() -> Self {
        Self::rfc9068()
    }
}
