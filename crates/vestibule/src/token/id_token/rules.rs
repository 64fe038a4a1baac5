use std::time::Duration;

use super::{IdToken, continuity, error::IdTokenError, hash::check_hash, identity::Identity};
use crate::{
    AccessToken, AuthorizationCode, AzpCheck, Nonce, ProviderTime, RawIdToken, TokenError,
    token::{
        audience::Audience,
        claims::{Claims, required},
        kind,
        verifier::{RuleSet, Signed, Unchecked},
    },
};

/// What an ID token must be on one occasion (OpenID Connect Core sections 3.1.3.7, 12.2).
#[derive(Clone, Copy)]
pub(crate) struct IdTokenRules<'a> {
    occasion: Occasion<'a>,
    max_age: Option<Duration>,
    required_acr: &'a [String],
    access_token: Option<&'a AccessToken>,
    code: Option<&'a AuthorizationCode>,
}

#[derive(Clone, Copy)]
enum Occasion<'a> {
    Login { nonce: Option<&'a Nonce> },
    Refresh { previous: &'a Identity },
}

/// The oldest ID token that a login is believed to have brought (checklist A20).
const MAX_AGE_AT_LOGIN: Duration = Duration::from_secs(10 * 60);

impl<'a> IdTokenRules<'a> {
    /// The token that ends the login which sent this nonce.
    pub(crate) fn login(nonce: &'a Nonce) -> Self {
        Self::new(Occasion::Login { nonce: Some(nonce) })
    }

    /// The token that ends a login on another device, which sends no nonce (RFC 8628 section 3.1).
    pub(crate) fn device() -> Self {
        Self::new(Occasion::Login { nonce: None })
    }

    /// A token that came with a refresh of the session which `previous` began.
    pub(crate) fn refresh(previous: &'a Identity) -> Self {
        Self::new(Occasion::Refresh { previous })
    }

    fn new(occasion: Occasion<'a>) -> Self {
        Self { occasion, max_age: None, required_acr: &[], access_token: None, code: None }
    }

    /// What was sent as `max_age`.
    #[must_use]
    pub(crate) fn max_age(self, max_age: Option<Duration>) -> Self {
        Self { max_age, ..self }
    }

    /// The values of `acr` of which one is essential; none means that any will do.
    #[must_use]
    pub(crate) fn required_acr(self, required_acr: &'a [String]) -> Self {
        Self { required_acr, ..self }
    }

    /// The access token of the same answer, for `at_hash`.
    #[must_use]
    pub(crate) fn access_token(self, access_token: &'a AccessToken) -> Self {
        Self { access_token: Some(access_token), ..self }
    }

    /// The code that was exchanged, for `c_hash`.
    #[must_use]
    pub(crate) fn code(self, code: &'a AuthorizationCode) -> Self {
        Self { code: Some(code), ..self }
    }
}

impl RuleSet for IdTokenRules<'_> {
    type Token = IdToken;

    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError> {
        if token.header.typ.is_some() && !token.header.typ_is_one_of(&["JWT"]) {
            return Err(IdTokenError::WrongType.into());
        }
        let claims = token.claims;
        if kind::is_event(claims) || kind::is_access_token(claims) || kind::is_authorization_response(claims)
        {
            return Err(IdTokenError::WrongKind.into());
        }
        match (self.occasion, token.maker()) {
            (Occasion::Login { .. }, None) => Err(IdTokenError::IssuerMismatch.into()),
            (Occasion::Login { .. }, Some(_)) => Ok(()),
            (Occasion::Refresh { previous }, Some(maker))
                if continuity::is_maker(maker, token.issuer, previous) =>
            {
                Ok(())
            }
            (Occasion::Refresh { .. }, _) => Err(IdTokenError::IdentityChanged { claim: "iss" }.into()),
        }
    }

    fn is_just_made(&self) -> bool {
        matches!(self.occasion, Occasion::Login { .. })
    }

    fn judge(&self, token: Signed<'_>) -> Result<IdToken, TokenError> {
        let claims = &token.claims;
        let skew = token.policy.clock_skew;
        if let Occasion::Refresh { previous } = self.occasion {
            continuity::check(claims, previous)?;
        }
        let audience = audience(&token)?;
        let expires_at = expires_at(claims, token.now.minus(skew))?;
        self.check_not_before(claims, token.now.plus(skew))?;
        let issued_at = self.issued_at(claims, token.now, skew)?;
        self.check_nonce(claims)?;
        let subject = subject(claims)?;
        let auth_time = self.auth_time(claims, token.now.minus(skew))?;
        let acr = self.acr(claims)?;
        check_hash(claims, "at_hash", self.access_token.map(AccessToken::expose), token.algorithm)?;
        check_hash(claims, "c_hash", self.code.map(AuthorizationCode::expose), token.algorithm)?;
        Ok(IdToken {
            raw: RawIdToken::new(token.raw),
            identity: Identity::new(
                token.maker().to_owned(),
                subject,
                audience,
                issued_at,
                auth_time,
                claims.text("nonce")?.map(str::to_owned),
            ),
            expires_at,
            sid: claims.text("sid")?.map(str::to_owned),
            acr,
            amr: claims.texts("amr")?.unwrap_or_default(),
            claims: token.claims,
        })
    }
}

impl IdTokenRules<'_> {
    fn check_not_before(&self, claims: &Claims, latest: ProviderTime) -> Result<(), IdTokenError> {
        match claims.time("nbf") {
            Ok(None) => Ok(()),
            Ok(Some(not_before)) if not_before <= latest => Ok(()),
            _ => Err(IdTokenError::NotYetValid),
        }
    }

    fn issued_at(
        &self,
        claims: &Claims,
        now: ProviderTime,
        skew: Duration,
    ) -> Result<ProviderTime, IdTokenError> {
        let Ok(Some(issued_at)) = claims.time("iat") else { return Err(IdTokenError::IssuedAt) };
        let is_too_old = match self.occasion {
            Occasion::Login { .. } => now.since(issued_at) > MAX_AGE_AT_LOGIN,
            Occasion::Refresh { .. } => false,
        };
        if issued_at > now.plus(skew) || is_too_old { Err(IdTokenError::IssuedAt) } else { Ok(issued_at) }
    }

    fn check_nonce(&self, claims: &Claims) -> Result<(), IdTokenError> {
        let Occasion::Login { nonce } = self.occasion else { return Ok(()) };
        match (claims.text("nonce"), nonce) {
            (Ok(Some(found)), Some(nonce)) if Nonce::new(found) == *nonce => Ok(()),
            (Ok(None), None) => Ok(()),
            _ => Err(IdTokenError::NonceMismatch),
        }
    }

    fn auth_time(&self, claims: &Claims, now: ProviderTime) -> Result<Option<ProviderTime>, TokenError> {
        let auth_time = claims.time("auth_time");
        let Some(max_age) = self.max_age else { return Ok(auth_time?) };
        match auth_time {
            Ok(Some(auth_time)) if now.since(auth_time) <= max_age => Ok(Some(auth_time)),
            _ => Err(IdTokenError::AuthInsufficient.into()),
        }
    }

    fn acr(&self, claims: &Claims) -> Result<Option<String>, TokenError> {
        let acr = claims.text("acr");
        if self.required_acr.is_empty() {
            return Ok(acr?.map(str::to_owned));
        }
        match acr {
            Ok(Some(acr)) if self.required_acr.iter().any(|required| required == acr) => {
                Ok(Some(acr.to_owned()))
            }
            _ => Err(IdTokenError::AuthInsufficient.into()),
        }
    }
}

fn audience(token: &Signed<'_>) -> Result<Vec<String>, IdTokenError> {
    let audience = match Audience::read(&token.claims, token.client_id, token.policy) {
        Audience::Ours(audience) => audience,
        Audience::Others => return Err(IdTokenError::AudienceMismatch),
        Audience::Untrusted => return Err(IdTokenError::UntrustedAudience),
    };
    match (token.policy.azp, token.claims.get("azp")) {
        (AzpCheck::Check, Some(azp)) if azp != token.client_id => Err(IdTokenError::AzpMismatch),
        _ => Ok(audience),
    }
}

fn expires_at(claims: &Claims, earliest: ProviderTime) -> Result<ProviderTime, TokenError> {
    let expires_at = required(claims.time("exp")?, "exp")?;
    if expires_at > earliest { Ok(expires_at) } else { Err(IdTokenError::Expired.into()) }
}

fn subject(claims: &Claims) -> Result<String, IdTokenError> {
    let is_proper = |subject: &&str| {
        (1..=255).contains(&subject.len()) && subject.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    };
    let subject = claims.text("sub").ok().flatten().filter(is_proper);
    subject.map(str::to_owned).ok_or(IdTokenError::SubjectInvalid)
}
