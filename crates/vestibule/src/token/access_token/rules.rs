use super::{
    AccessGrant,
    error::AccessTokenError::{self, AudienceMismatch, Claim, Expired, NotYetValid, WrongType},
    policy::{AccessTokenPolicy, KindRule},
};
use crate::{
    AuthorityClaims, ProviderTime, TokenError,
    token::{
        claims::Claims,
        kind,
        verifier::{RuleSet, Signed, Unchecked},
    },
};

/// What an access token must be (RFC 9068 section 4).
#[derive(Clone, Copy)]
pub(crate) struct AccessTokenRules<'a> {
    /// What `aud` may name.
    pub(crate) audiences: &'a [String],
    pub(crate) policy: &'a AccessTokenPolicy,
    pub(crate) authority: &'a AuthorityClaims,
}

impl RuleSet for AccessTokenRules<'_> {
    type Token = AccessGrant;

    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError> {
        let is_access_token = match self.policy.kind {
            KindRule::Typ => token.header.typ_is_one_of(&["at+jwt"]) && !kind::is_event(token.claims),
            KindRule::Claims => {
                let typ_fits = token.header.typ.is_none() || token.header.typ_is_one_of(&["JWT", "at+jwt"]);
                typ_fits && kind::is_access_token_alone(token.claims)
            }
        };
        if !is_access_token {
            return Err(WrongType.into());
        }
        if token.maker().is_none() {
            return Err(AccessTokenError::IssuerMismatch.into());
        }
        Ok(())
    }

    fn judge(&self, token: Signed<'_>) -> Result<AccessGrant, TokenError> {
        let claims = &token.claims;
        let audience = self.audience(claims)?;
        check_unbound(claims)?;
        let (expires_at, issued_at) = (time(claims, "exp")?, time(claims, "iat")?);
        let expires_at = expires_at.ok_or(Claim { claim: "exp" })?;
        let issued_at = issued_at.ok_or(Claim { claim: "iat" })?;
        self.check_times(Some(expires_at), Some(issued_at), claims, token.now)?;
        let subject = name(claims, "sub")?.ok_or(Claim { claim: "sub" })?;
        let client_id = self.client_id(claims)?;
        if self.policy.kind == KindRule::Typ && name(claims, "jti")?.is_none() {
            return Err(Claim { claim: "jti" }.into());
        }
        check_session(claims)?;
        Ok(AccessGrant {
            issuer: token.maker().to_owned(),
            subject: subject.to_owned(),
            client_id: client_id.map(str::to_owned),
            audience,
            issued_at: Some(issued_at),
            expires_at: Some(expires_at),
            authority: self.authority.read(claims.as_map()),
            claims: token.claims,
        })
    }
}

impl AccessTokenRules<'_> {
    /// The client's id is no audience, unless it was listed as one.
    pub(super) fn audience(&self, claims: &Claims) -> Result<Vec<String>, AccessTokenError> {
        let audience = claims.audience().unwrap_or_default();
        if audience.iter().any(|one| self.audiences.contains(one)) {
            Ok(audience)
        } else {
            Err(AudienceMismatch)
        }
    }

    pub(super) fn check_times(
        &self,
        expires_at: Option<ProviderTime>,
        issued_at: Option<ProviderTime>,
        claims: &Claims,
        now: ProviderTime,
    ) -> Result<(), AccessTokenError> {
        let skew = self.policy.jwt.clock_skew;
        if expires_at.is_some_and(|end| end <= now.minus(skew)) {
            return Err(Expired);
        }
        let starts = [issued_at, time(claims, "nbf")?];
        if starts.into_iter().flatten().any(|start| start > now.plus(skew)) {
            Err(NotYetValid)
        } else {
            Ok(())
        }
    }

    fn client_id<'a>(&self, claims: &'a Claims) -> Result<Option<&'a str>, AccessTokenError> {
        match (name(claims, "client_id")?, self.policy.kind) {
            (None, KindRule::Typ) => Err(Claim { claim: "client_id" }),
            (None, KindRule::Claims) => name(claims, "azp"),
            (client_id, _) => Ok(client_id),
        }
    }
}

/// A token that is bound to its sender must come with a proof, which nothing here can check (RFC 7800 section 3).
pub(super) fn check_unbound(claims: &Claims) -> Result<(), AccessTokenError> {
    match claims.get("cnf") {
        None => Ok(()),
        Some(binding) if binding.get("jkt").is_some() => Err(AccessTokenError::BoundToKey),
        Some(_) => Err(AccessTokenError::BoundToSender),
    }
}

/// What a logout is compared with must be readable.
pub(super) fn check_session(claims: &Claims) -> Result<(), AccessTokenError> {
    claims.text("sid").map(drop).map_err(|_| Claim { claim: "sid" })
}

pub(super) fn time(claims: &Claims, claim: &'static str) -> Result<Option<ProviderTime>, AccessTokenError> {
    claims.time(claim).map_err(|_| Claim { claim })
}

/// A string of 1 to 255 visible ASCII characters.
pub(super) fn name<'a>(claims: &'a Claims, claim: &'static str) -> Result<Option<&'a str>, AccessTokenError> {
    let is_proper = |text: &str| {
        (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    };
    match claims.text(claim) {
        Ok(None) => Ok(None),
        Ok(Some(text)) if is_proper(text) => Ok(Some(text)),
        _ => Err(Claim { claim }),
    }
}

const MAX_NAME: usize = 255;
