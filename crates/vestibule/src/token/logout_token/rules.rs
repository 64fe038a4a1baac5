use std::time::Duration;

use serde_json::Value;

use super::{LogoutToken, error::LogoutTokenError};
use crate::{
    JwtError, ProviderTime, TokenError,
    token::{
        audience::Audience,
        claims::{Claims, required},
        policy::LogoutTokenPolicy,
        verifier::{RuleSet, Signed, Unchecked},
    },
};

/// What a logout token must be (OpenID Connect Back-Channel Logout sections 2.4, 2.6).
#[derive(Clone, Copy)]
pub(crate) struct LogoutTokenRules;

/// The member of `events` that makes a JWT a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The oldest token that is acted on (checklist B10).
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// The longest a token may be accepted after `iat`, whatever `exp` says (checklist B11).
const MAX_LIFETIME: Duration = Duration::from_secs(10 * 60);

const MAX_JWT_ID: usize = 255;

impl RuleSet for LogoutTokenRules {
    type Token = LogoutToken;

    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError> {
        let is_lenient = !token.policy.logout_tokens.strict_typ;
        let typ_fits = match &token.header.typ {
            None => is_lenient,
            Some(_) if is_lenient => token.header.typ_is_one_of(&["logout+jwt", "JWT"]),
            Some(_) => token.header.typ_is_one_of(&["logout+jwt"]),
        };
        if !typ_fits {
            return Err(LogoutTokenError::WrongType.into());
        }
        if !announces_logout(token.claims) {
            return Err(LogoutTokenError::Events.into());
        }
        if token.maker().is_none() {
            return Err(LogoutTokenError::IssuerMismatch.into());
        }
        Ok(())
    }

    fn judge(&self, token: Signed<'_>) -> Result<LogoutToken, TokenError> {
        let claims = &token.claims;
        let Audience::Ours(_) = Audience::read(claims, token.client_id, token.policy) else {
            return Err(LogoutTokenError::AudienceMismatch.into());
        };
        if claims.has("nonce") {
            return Err(LogoutTokenError::NoncePresent.into());
        }
        let skew = token.policy.clock_skew;
        let issued_at = issued_at(claims, token.now, skew)?;
        let policy = &token.policy.logout_tokens;
        let expires_at = expires_at(claims, issued_at, policy, token.now.minus(skew))?;
        let jwt_id = jwt_id(claims)?;
        let (subject, sid) = who(claims)?;
        if policy.sid_required && sid.is_none() {
            return Err(LogoutTokenError::SidRequired.into());
        }
        let issuer = token.maker().to_owned();
        Ok(LogoutToken { issuer, subject, sid, jwt_id, issued_at, expires_at, claims: token.claims })
    }
}

fn announces_logout(claims: &Claims) -> bool {
    let event = claims.get("events").and_then(Value::as_object).and_then(|events| events.get(EVENT));
    event.is_some_and(Value::is_object)
}

fn issued_at(claims: &Claims, now: ProviderTime, skew: Duration) -> Result<ProviderTime, LogoutTokenError> {
    match claims.time("iat") {
        Ok(Some(issued_at)) if issued_at <= now.plus(skew) && now.since(issued_at) <= MAX_AGE => {
            Ok(issued_at)
        }
        _ => Err(LogoutTokenError::IssuedAt),
    }
}

fn expires_at(
    claims: &Claims,
    issued_at: ProviderTime,
    policy: &LogoutTokenPolicy,
    earliest: ProviderTime,
) -> Result<ProviderTime, LogoutTokenError> {
    let stated = match (claims.time("exp"), policy.legacy_exp) {
        (Ok(Some(stated)), _) => stated,
        (Ok(None), Some(window)) => issued_at.plus(window),
        _ => return Err(LogoutTokenError::Expired),
    };
    let end = stated.min(issued_at.plus(MAX_LIFETIME));
    if end > earliest { Ok(end) } else { Err(LogoutTokenError::Expired) }
}

fn jwt_id(claims: &Claims) -> Result<String, JwtError> {
    let jwt_id = required(claims.text("jti")?, "jti")?;
    if (1..=MAX_JWT_ID).contains(&jwt_id.len()) {
        Ok(jwt_id.to_owned())
    } else {
        Err(JwtError::ClaimType { claim: "jti" })
    }
}

fn who(claims: &Claims) -> Result<(Option<String>, Option<String>), TokenError> {
    let (subject, sid) = (claims.text("sub")?, claims.text("sid")?);
    if subject.or(sid).is_none() || subject == Some("") || sid == Some("") {
        return Err(LogoutTokenError::SubjectMissing.into());
    }
    Ok((subject.map(str::to_owned), sid.map(str::to_owned)))
}
