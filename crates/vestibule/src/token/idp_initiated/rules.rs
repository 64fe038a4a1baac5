use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{IdpInitiatedLogin, error::IdpInitiatedLoginError};
use crate::{
    ProviderTime, TokenError,
    token::{
        audience::Audience,
        claims::Claims,
        kind,
        verifier::{RuleSet, Signed, Unchecked},
    },
};

/// What an `idp_initiated_login` token must be. Scalekit documents its claims; the rest follows RFC 8725 section 3.
#[derive(Clone, Copy)]
pub(crate) struct IdpInitiatedLoginRules;

/// The oldest token that is acted on: the browser brings it at once.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

const MAX_ID: usize = 255;

impl RuleSet for IdpInitiatedLoginRules {
    type Token = IdpInitiatedLogin;

    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError> {
        if token.header.typ.is_some() && !token.header.typ_is_one_of(&["JWT"]) {
            return Err(IdpInitiatedLoginError::WrongType.into());
        }
        let claims = token.claims;
        if id(claims, "connection_id").is_none()
            || id(claims, "organization_id").is_none()
            || is_about_a_user(claims)
        {
            return Err(IdpInitiatedLoginError::WrongKind.into());
        }
        if token.maker().is_none() {
            return Err(IdpInitiatedLoginError::IssuerMismatch.into());
        }
        Ok(())
    }

    fn judge(&self, token: Signed<'_>) -> Result<IdpInitiatedLogin, TokenError> {
        let claims = &token.claims;
        let is_for_others = claims.has("aud")
            && !matches!(Audience::read(claims, token.client_id, token.policy), Audience::Ours(_));
        if is_for_others {
            return Err(IdpInitiatedLoginError::AudienceMismatch.into());
        }
        let skew = token.policy.clock_skew;
        let issued_at = issued_at(claims, token.now, skew)?;
        check_not_before(claims, token.now.plus(skew))?;
        let refused_from = refused_from(claims, issued_at, skew)?;
        if token.now >= refused_from {
            return Err(IdpInitiatedLoginError::Expired.into());
        }
        let (connection_id, organization_id) = (id(claims, "connection_id"), id(claims, "organization_id"));
        Ok(IdpInitiatedLogin {
            connection_id: connection_id.ok_or(IdpInitiatedLoginError::WrongKind)?,
            organization_id: organization_id.ok_or(IdpInitiatedLoginError::WrongKind)?,
            login_hint: claims.text("login_hint")?.map(str::to_owned),
            relay_state: claims.text("relay_state")?.map(str::to_owned),
            refused_from,
            replay_key: replay_key(token.raw),
            claims: token.claims,
        })
    }
}

/// Every other kind of token, whatever claims a dashboard added to it. These tokens have no `sub` and no `sid`.
fn is_about_a_user(claims: &Claims) -> bool {
    ["sub", "sid"].into_iter().any(|claim| claims.has(claim))
        || kind::is_event(claims)
        || kind::is_id_token(claims)
        || kind::is_access_token(claims)
        || kind::is_authorization_response(claims)
}

fn id(claims: &Claims, claim: &'static str) -> Option<String> {
    let is_proper = |id: &&str| (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    claims.text(claim).ok().flatten().filter(is_proper).map(str::to_owned)
}

fn issued_at(
    claims: &Claims,
    now: ProviderTime,
    skew: Duration,
) -> Result<ProviderTime, IdpInitiatedLoginError> {
    match claims.time("iat") {
        Ok(Some(issued_at)) if issued_at <= now.plus(skew) && now.since(issued_at) < MAX_AGE + skew => {
            Ok(issued_at)
        }
        _ => Err(IdpInitiatedLoginError::IssuedAt),
    }
}

fn check_not_before(claims: &Claims, latest: ProviderTime) -> Result<(), IdpInitiatedLoginError> {
    match claims.time("nbf") {
        Ok(None) => Ok(()),
        Ok(Some(not_before)) if not_before <= latest => Ok(()),
        _ => Err(IdpInitiatedLoginError::NotYetValid),
    }
}

fn refused_from(
    claims: &Claims,
    issued_at: ProviderTime,
    skew: Duration,
) -> Result<ProviderTime, IdpInitiatedLoginError> {
    match claims.time("exp") {
        Ok(Some(expires_at)) => Ok(expires_at.min(issued_at.plus(MAX_AGE)).plus(skew)),
        _ => Err(IdpInitiatedLoginError::Expired),
    }
}

/// The signature is left out: some algorithms allow a second one for the same content.
fn replay_key(raw: &str) -> String {
    let signed = raw.rsplit_once('.').map_or(raw, |(signed, _)| signed);
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(signed))
}
