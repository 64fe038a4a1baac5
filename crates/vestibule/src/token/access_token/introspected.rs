use serde_json::{Map, Value};

use super::{
    AccessGrant,
    error::AccessTokenError::{self, BoundToKey, Claim, IssuerMismatch, WrongType},
    rules::{AccessTokenRules, check_session, check_unbound, name, time},
};
use crate::{Issuer, ProviderTime, Verified, token::claims::Claims};

/// What is known of a token before its issuer is asked about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It passed as a JWT: its kind and whom it is for.
    Jwt,
    /// Nothing. The answer must tell whom it is for, or at least its kind: a refresh token is active too.
    Nothing { audience_required: bool },
}

impl AccessTokenRules<'_> {
    /// Judges what the issuer says of an active token (RFC 7662 section 2.2). All members but `active` are optional
    /// there; what is there must be right, and what is not `known` must be there.
    ///
    /// A token without `sub` is the client's own, unless the answer names a user otherwise.
    pub(crate) fn introspected(
        &self,
        members: Map<String, Value>,
        issuer: &Issuer,
        known: Known,
        now: ProviderTime,
    ) -> Result<Verified<AccessGrant>, AccessTokenError> {
        let claims = Claims::new(members);
        let maker = match claims.has("iss") {
            true => issuer.maker_of(claims.as_map()).ok_or(IssuerMismatch)?.to_owned(),
            false => issuer.as_str().to_owned(),
        };
        let audience = match (claims.has("aud"), known) {
            (false, Known::Jwt | Known::Nothing { audience_required: false }) => Vec::new(),
            _ => self.audience(&claims)?,
        };
        check_unbound(&claims)?;
        check_type(&claims)?;
        check_kind(&claims)?;
        if known != Known::Jwt && audience.is_empty() && !tells_kind(&claims) {
            return Err(WrongType);
        }
        let (expires_at, issued_at) = (time(&claims, "exp")?, time(&claims, "iat")?);
        self.check_times(expires_at, issued_at, &claims, now)?;
        check_session(&claims)?;
        let client_id = name(&claims, "client_id")?;
        let own = client_id.filter(|_| !claims.has("username"));
        let subject = name(&claims, "sub")?.or(own).ok_or(Claim { claim: "sub" })?;
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

/// The marks by which some providers tell access tokens from refresh tokens and ID tokens, all of which are active, say
/// nothing else.
fn check_kind(claims: &Claims) -> Result<(), AccessTokenError> {
    let is_contradicted = MARKS.into_iter().any(|(member, marks)| {
        claims.get(member).is_some_and(|stated| {
            !stated.as_str().is_some_and(|stated| marks.iter().any(|mark| stated.eq_ignore_ascii_case(mark)))
        })
    });
    if is_contradicted { Err(WrongType) } else { Ok(()) }
}

fn tells_kind(claims: &Claims) -> bool {
    claims.has("token_type") || MARKS.into_iter().any(|(member, _)| claims.has(member))
}

const MARKS: [(&str, &[&str]); 2] =
    [("token_use", &["access_token", "access"]), ("typ", &["Bearer", "at+jwt"])];
