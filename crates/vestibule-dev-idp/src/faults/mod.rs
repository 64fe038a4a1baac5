//! Misbehaviour on demand: one switch for each thing that a provider can get wrong.

mod callback;
mod delivery;
mod device_authorization;
mod discovery;
mod http;
mod jwks;
mod jwt;
mod token_answer;
mod userinfo;

use std::fmt;

pub use self::callback::{CallbackFault, PostLogoutFault};
pub use self::delivery::DeliveryFault;
pub use self::device_authorization::DeviceAuthorizationFault;
pub use self::discovery::DiscoveryFault;
pub(crate) use self::http::{CutConnection, after, instead};
pub use self::http::{Endpoint, HttpFault};
pub use self::jwks::JwksFault;
pub use self::jwt::JwtFault;
pub(crate) use self::jwt::{BACKCHANNEL_LOGOUT_EVENT, shift};
pub use self::token_answer::TokenAnswerFault;
pub use self::userinfo::UserInfoFault;
use crate::jwt::Jwt;

/// One way to misbehave, for [`DevIdp::misbehave`](crate::DevIdp::misbehave).
///
/// Switches add up: several may be on at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Something is wrong with every access token.
    AccessToken(JwtFault),
    /// Something is wrong with the answer that the browser carries to the callback.
    Callback(CallbackFault),
    /// The provider's clock is off by this many seconds: every moment in every token is.
    ClockOff(i64),
    /// Authorization codes can still be exchanged after the session has ended.
    CodesSurviveLogout,
    /// Logout tokens are lost, late or doubled.
    Delivery(DeliveryFault),
    /// Something is wrong with the answer to a device that asks to be let in.
    DeviceAuthorization(DeviceAuthorizationFault),
    /// Something is wrong with the discovery document.
    Discovery(DiscoveryFault),
    /// An endpoint does not answer as HTTP or JSON ought to.
    Http(Endpoint, HttpFault),
    /// Something is wrong with every ID token, at login and at refresh.
    IdToken(JwtFault),
    /// Something is wrong with the published keys.
    Jwks(JwksFault),
    /// Something is wrong with every logout token.
    LogoutToken(JwtFault),
    /// Something is wrong with the redirect after logout.
    PostLogout(PostLogoutFault),
    /// Something is wrong with the answer to a refresh.
    Refresh(TokenAnswerFault),
    /// Refresh tokens go on working after the session has ended.
    RefreshTokensSurviveLogout,
    /// Something is wrong with the ID tokens that come with a refresh.
    RefreshedIdToken(JwtFault),
    /// All keys are replaced, and the old ones withdrawn, right before an ID token is signed.
    RollKeysBeforeSigning,
    /// Something is wrong with signed UserInfo answers.
    SignedUserInfo(JwtFault),
    /// Something is wrong with the answer to a code exchange, a device or a refresh.
    Token(TokenAnswerFault),
    /// Something is wrong with the claims of UserInfo.
    UserInfo(UserInfoFault),
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The switches that are on.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Armed>);

impl Faults {
    pub(crate) fn arm(&mut self, misbehaviour: Misbehaviour, once: bool) {
        self.0.push(Armed { misbehaviour, once });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn armed(&self) -> Vec<Misbehaviour> {
        self.0.iter().map(|armed| armed.misbehaviour.clone()).collect()
    }

    /// What `pick` finds among the switches; those that were set for one time are off afterwards.
    pub(crate) fn take<T>(&mut self, pick: impl Fn(&Misbehaviour) -> Option<T>) -> Vec<T> {
        let mut taken = Vec::new();
        self.0.retain(|armed| match pick(&armed.misbehaviour) {
            Some(found) => {
                taken.push(found);
                !armed.once
            }
            None => true,
        });
        taken
    }

    pub(crate) fn is_on(&mut self, misbehaviour: &Misbehaviour) -> bool {
        !self.take(|armed| (armed == misbehaviour).then_some(())).is_empty()
    }

    /// How many seconds the provider's clock is off.
    pub(crate) fn clock_off(&mut self) -> i64 {
        self.take(|armed| match armed {
            Misbehaviour::ClockOff(seconds) => Some(*seconds),
            _ => None,
        })
        .into_iter()
        .sum()
    }

    /// Whether [`spoil`](Self::spoil) would change anything.
    pub(crate) fn is_spoiling(&self, pick: impl Fn(&Misbehaviour) -> Option<JwtFault>) -> bool {
        self.0.iter().any(|armed| {
            matches!(armed.misbehaviour, Misbehaviour::ClockOff(_)) || pick(&armed.misbehaviour).is_some()
        })
    }

    /// Spoils a token with the faults that `pick` finds, and with the clock's.
    pub(crate) fn spoil(&mut self, jwt: &mut Jwt, pick: impl Fn(&Misbehaviour) -> Option<JwtFault>) {
        shift(jwt, self.clock_off());
        for fault in self.take(pick) {
            fault.apply(jwt);
        }
    }
}

#[derive(Debug)]
struct Armed {
    misbehaviour: Misbehaviour,
    once: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer_fault(misbehaviour: &Misbehaviour) -> Option<JwtFault> {
        match misbehaviour {
            Misbehaviour::IdToken(fault) => Some(fault.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_switch_stays_on_and_a_single_use_does_not() {
        let mut faults = Faults::default();
        faults.arm(Misbehaviour::IdToken(JwtFault::Issuer), false);
        faults.arm(Misbehaviour::IdToken(JwtFault::Audience), true);
        faults.arm(Misbehaviour::CodesSurviveLogout, false);
        assert_eq!(faults.take(issuer_fault), [JwtFault::Issuer, JwtFault::Audience]);
        assert_eq!(faults.take(issuer_fault), [JwtFault::Issuer]);
        assert!(faults.is_on(&Misbehaviour::CodesSurviveLogout));
        faults.clear();
        assert!(faults.take(issuer_fault).is_empty());
    }
}
