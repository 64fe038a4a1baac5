use serde_json::{Map, Value};

use super::{
    AccessGrant,
    error::AccessTokenError::{self, BoundToKey, Claim, IssuerMismatch},
    rules::{AccessTokenRules, check_session, check_unbound, name, time},
};
use crate::{Issuer, ProviderTime, Verified, token::claims::Claims};

impl AccessTokenRules<'_> {
    /// Judges what the issuer says of an active token (RFC 7662 section 2.2). All members but `active` are optional
    /// there; what is there must be right, and `aud` must be there if `audience_required`.
    ///
    /// A token without `sub` is the client's own.
    pub(crate) fn introspected(
        &self,
        members: Map<String, Value>,
        issuer: &Issuer,
        audience_required: bool,
        now: ProviderTime,
    ) -> Result<Verified<AccessGrant>, AccessTokenError> {
        let claims = Claims::new(members);
        let maker = match claims.has("iss") {
            true => issuer.maker_of(claims.as_map()).ok_or(IssuerMismatch)?.to_owned(),
            false => issuer.as_str().to_owned(),
        };
        let audience = match (claims.has("aud"), audience_required) {
            (false, false) => Vec::new(),
            _ => self.audience(&claims)?,
        };
        check_unbound(&claims)?;
        check_type(&claims)?;
        let (expires_at, issued_at) = (time(&claims, "exp")?, time(&claims, "iat")?);
        self.check_times(expires_at, issued_at, &claims, now)?;
        check_session(&claims)?;
        let client_id = name(&claims, "client_id")?;
        let subject = name(&claims, "sub")?.or(client_id).ok_or(Claim { claim: "sub" })?;
        Ok(Verified::new(AccessGrant {
            issuer: maker,
            subject: subject.to_owned(),
            client_id: client_id.map(str::to_owned),
            audience,
            issued_at,
            expires_at,
            authority: self.authority.read(claims.as_map()),
            claims,
        }))
    }
}

/// `token_type`, where it is stated, is that of a bearer token (RFC 7662 section 2.2).
fn check_type(claims: &Claims) -> Result<(), AccessTokenError> {
    match name(claims, "token_type")? {
        Some(stated) if stated.eq_ignore_ascii_case("DPoP") => Err(BoundToKey),
        Some(stated) if TOKEN_TYPES.iter().all(|known| !stated.eq_ignore_ascii_case(known)) => {
            Err(Claim { claim: "token_type" })
        }
        _ => Ok(()),
    }
}

/// The second is what some providers say.
const TOKEN_TYPES: [&str; 2] = ["Bearer", "access_token"];
