use super::{super::claims::Claims, error::IdTokenError, identity::Identity};
use crate::{Issuer, Nonce};

/// Whether the maker of a refreshed ID token made the first one too. A session may know its issuer, or its tenant's.
pub(super) fn is_maker(maker: &str, issuer: &Issuer, previous: &Identity) -> bool {
    [maker, issuer.as_str()].contains(&previous.issuer())
}

/// Whether a refreshed ID token is about the login that `previous` is about (OpenID Connect Core section 12.2).
///
/// The issuer is compared before: it decides whose keys are asked.
pub(super) fn check(claims: &Claims, previous: &Identity) -> Result<(), IdTokenError> {
    let changed = |claim| Err(IdTokenError::IdentityChanged { claim });
    if claims.get("sub").is_none_or(|subject| subject != previous.subject()) {
        return changed("sub");
    }
    if !claims.audience().is_some_and(|audience| same_members(&audience, previous.audience())) {
        return changed("aud");
    }
    if !continues_nonce(claims, previous) {
        return changed("nonce");
    }
    let auth_time = match (claims.time("auth_time"), previous.auth_time()) {
        (Ok(Some(now)), Some(then)) => now == then,
        (Ok(_), _) => true,
        (Err(_), _) => false,
    };
    if !auth_time {
        return changed("auth_time");
    }
    match claims.time("iat") {
        Ok(Some(issued_at)) if issued_at < previous.issued_at() => changed("iat"),
        _ => Ok(()),
    }
}

/// A refreshed token should not carry a nonce; where it does, it is the first one's.
fn continues_nonce(claims: &Claims, previous: &Identity) -> bool {
    match claims.text("nonce") {
        Ok(None) => true,
        Ok(Some(found)) => previous.nonce().is_some_and(|nonce| nonce == Nonce::new(found)),
        Err(_) => false,
    }
}

fn same_members(one: &[String], other: &[String]) -> bool {
    one.iter().all(|member| other.contains(member)) && other.iter().all(|member| one.contains(member))
}
