//! Access tokens: JWTs after RFC 9068, signed with RS256.

use serde_json::{Map, Value, json};

use crate::application::Application;
use crate::error::SigningError;
use crate::faults::Misbehaviour;
use crate::jwt::Jwt;
use crate::messages::claims;
use crate::provider::Provider;
use crate::random;
use crate::settings::seconds;
use crate::signing_algorithm::SigningAlgorithm;
use crate::store::{AccessToken, Environment, Grant, GrantId};
use crate::user::User;

pub(crate) fn issue(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    user: &User,
    (id, grant): (GrantId, &Grant),
) -> Result<String, SigningError> {
    let jti = random::name("tkn_");
    let now = provider.clock.unix();
    let expires = now.saturating_add(seconds(application.access_token_lifetime));
    let mut jwt = draft(provider, application, &grant.subject, now, &jti);
    jwt.claims.extend(claims::own(user));
    jwt.set("scope", grant.scope_text());
    // RFC 9068 section 2.2.1.
    if let Some(auth_time) = grant.auth_time {
        jwt.set("auth_time", auth_time);
    }
    if let Some(acr) = &grant.acr {
        jwt.set("acr", acr.clone());
    }
    if let Some(sid) = &grant.sid {
        jwt.set("sid", sid.clone());
    }
    environment.grants.note_access_token(jti, AccessToken { grant: id, expires });
    environment.faults.spoil(&mut jwt, |misbehaviour| match misbehaviour {
        Misbehaviour::AccessToken(fault) => Some(fault.clone()),
        _ => None,
    });
    jwt.compact(&environment.keys)
}

/// An access token about a user, without what comes from a login.
pub(crate) fn draft(
    provider: &Provider,
    application: &Application,
    subject: &str,
    now: i64,
    jti: &str,
) -> Jwt {
    let claims = json!({
        "iss": provider.issuer,
        "aud": application.audience(),
        "sub": subject,
        "client_id": application.client_id,
        "jti": jti,
        "iat": now,
        "exp": now.saturating_add(seconds(application.access_token_lifetime)),
    });
    Jwt::new(SigningAlgorithm::Rs256, Some("at+jwt"), members(claims))
}

pub(crate) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
