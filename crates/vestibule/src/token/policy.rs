use std::time::Duration;

use crate::{AllowedAlgorithms, ConfigError};

/// What a client demands of tokens, beyond what the specifications fix.
///
/// # Defaults
/// RS256, one minute of clock skew, no audience besides the client, `azp` checked, no quirks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPolicy {
    pub(crate) algorithms: AllowedAlgorithms,
    pub(crate) trusted_audiences: Vec<String>,
    pub(crate) clock_skew: Duration,
    pub(crate) azp: AzpCheck,
    pub(crate) logout_tokens: LogoutTokenPolicy,
    pub(crate) signed_user_info: bool,
}

/// What becomes of the claim `azp` in ID tokens. Its meaning was left open by OpenID Connect Core errata 2, section 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AzpCheck {
    /// Where it is present, it must be the client id (checklist A18).
    #[default]
    Check,
    /// It may be anything.
    Ignore,
}

/// What a client demands of logout tokens (OpenID Connect Back-Channel Logout section 2).
///
/// # Defaults
/// `exp` and `events` as the specification has them; `typ` may be absent or `JWT`; `sid` is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutTokenPolicy {
    pub(crate) legacy_exp: Option<Duration>,
    pub(crate) strict_typ: bool,
    pub(crate) sid_required: bool,
}

/// The largest clock skew that can be allowed for (checklist A19).
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(300);

impl TokenPolicy {
    /// Which signature algorithms are accepted. Default: RS256.
    #[must_use]
    pub fn algorithms(mut self, algorithms: AllowedAlgorithms) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// How far the provider's clock may be ahead or behind.
    pub fn allowed_clock_skew(&self) -> Duration {
        self.clock_skew
    }

    /// Audiences that an ID or logout token may have besides this client (Core section 3.1.3.7 (3)). Default: none.
    ///
    /// Zitadel, for one, puts the project id there.
    #[must_use]
    pub fn trusted_audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.trusted_audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// How far the provider's clock may be off. Default: 60 seconds; fractions of a second are dropped.
    ///
    /// # Errors
    /// [`ConfigError::ClockSkew`] above 300 seconds.
    pub fn clock_skew(mut self, skew: Duration) -> Result<Self, ConfigError> {
        if skew > MAX_CLOCK_SKEW {
            return Err(ConfigError::ClockSkew);
        }
        self.clock_skew = skew;
        Ok(self)
    }

    /// What becomes of `azp`. Default: [`AzpCheck::Check`].
    #[must_use]
    pub fn azp(mut self, check: AzpCheck) -> Self {
        self.azp = check;
        self
    }

    /// What is demanded of logout tokens.
    #[must_use]
    pub fn logout_tokens(mut self, policy: LogoutTokenPolicy) -> Self {
        self.logout_tokens = policy;
        self
    }

    /// Whether UserInfo answers must be signed, because that is how this client is registered
    /// (`userinfo_signed_response_alg`). Default: false; signed answers are verified all the same.
    #[must_use]
    pub fn signed_user_info(mut self, required: bool) -> Self {
        self.signed_user_info = required;
        self
    }
}

impl Default for TokenPolicy {
    fn default() -> Self {
        Self {
            algorithms: AllowedAlgorithms::default(),
            trusted_audiences: Vec::new(),
            clock_skew: Duration::from_secs(60),
            azp: AzpCheck::default(),
            logout_tokens: LogoutTokenPolicy::default(),
            signed_user_info: false,
        }
    }
}

impl LogoutTokenPolicy {
    /// Accepts tokens without `exp`, which providers written before the errata of 2023 send, for `window` after their
    /// `iat`; ten minutes at most. Default: refused.
    #[must_use]
    pub fn legacy_exp(mut self, window: Duration) -> Self {
        self.legacy_exp = Some(window);
        self
    }

    /// Demands `typ: logout+jwt`. Default: an absent `typ` and `JWT` are accepted too (section 4.1 says why).
    #[must_use]
    pub fn strict_typ(mut self, strict: bool) -> Self {
        self.strict_typ = strict;
        self
    }

    /// Demands `sid`, as a client does that is registered with `backchannel_logout_session_required` (section 2.2).
    /// Default: `sub` alone is enough.
    #[must_use]
    pub fn sid_required(mut self, required: bool) -> Self {
        self.sid_required = required;
        self
    }
}
