//! What tells the kinds of JWT of one issuer apart when `typ` does not (RFC 8725 section 3.12, checklist A26). Providers
//! sign all of them with the same keys.

use super::claims::Claims;

/// A security event, such as a logout token (RFC 8417 section 2.2).
pub(super) fn is_event(claims: &Claims) -> bool {
    claims.has("events")
}

/// An access token: by the claims that RFC 9068 section 2.2 demands and ID tokens do not have together, or by the mark
/// that some providers give theirs.
pub(super) fn is_access_token(claims: &Claims) -> bool {
    let by_shape =
        claims.has("client_id") && claims.has("jti") && !claims.has("at_hash") && !claims.has("nonce");
    by_shape || is_marked_as_access_token(claims)
}

fn is_marked_as_access_token(claims: &Claims) -> bool {
    ACCESS_TOKEN_MARKS.into_iter().any(|(claim, mark)| claims.get(claim).is_some_and(|value| value == mark))
}

const ACCESS_TOKEN_MARKS: [(&str, &str); 2] = [("typ", "Bearer"), ("token_use", "access")];

/// An access token, and nothing that could be another kind besides: for where claims are all there is to go by.
pub(super) fn is_access_token_alone(claims: &Claims) -> bool {
    let is_marked_otherwise = ACCESS_TOKEN_MARKS
        .into_iter()
        .any(|(claim, mark)| claims.get(claim).is_some_and(|value| value != mark));
    is_access_token(claims)
        && !is_marked_otherwise
        && !claims.has("at_hash")
        && !claims.has("c_hash")
        && !is_event(claims)
        && !is_authorization_response(claims)
}

/// An access token that Keycloak gave to a client of its own, under the user that it keeps for each such client. Users'
/// tokens have a session, and `azp` alone to name the client.
pub(super) fn is_service_account(claims: &Claims) -> bool {
    let client = claims.get("azp").filter(|client| client.is_string());
    claims.get("typ").is_some_and(|mark| mark == "Bearer")
        && client.is_some()
        && claims.get("client_id") == client
        && !claims.has("sid")
}

/// An authorization response (JARM section 2.1).
pub(super) fn is_authorization_response(claims: &Claims) -> bool {
    !claims.has("sub") && (claims.has("code") || claims.has("error"))
}

/// An ID token from an authorization with a nonce, which is every one that this crate starts.
pub(super) fn is_id_token(claims: &Claims) -> bool {
    ["nonce", "at_hash", "c_hash"].into_iter().any(|claim| claims.has(claim))
}
