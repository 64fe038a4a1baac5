//! UserInfo answers (OpenID Connect Core 5.3.2).

use openidconnect::UserInfoClaims;
use serde_json::{Map, Value};

use crate::application::Application;
use crate::error::SigningError;
use crate::faults::Misbehaviour;
use crate::jwt::Jwt;
use crate::messages::access_token::members;
use crate::messages::claims::{self, MoreClaims};
use crate::provider::Provider;
use crate::store::{Environment, Grant};
use crate::user::User;

pub(crate) fn claims(
    environment: &mut Environment,
    user: &User,
    grant: &Grant,
) -> serde_json::Result<Map<String, Value>> {
    let more = MoreClaims { sid: None, own: claims::own(user) };
    let mut claims = members(serde_json::to_value(UserInfoClaims::new(claims::standard(user, grant), more))?);
    claims.retain(|_, value| !value.is_null());
    let faults = environment.faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::UserInfo(fault) => Some(fault.clone()),
        _ => None,
    });
    for fault in faults {
        fault.apply(&mut claims);
    }
    Ok(claims)
}

/// The same as a signed JWT.
pub(crate) fn signed(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    claims: Map<String, Value>,
) -> Result<String, SigningError> {
    let mut jwt = Jwt::new(application.signing_algorithm, None, claims);
    jwt.set("iss", provider.issuer.clone());
    jwt.set("aud", application.client_id.clone());
    environment.faults.spoil(&mut jwt, |misbehaviour| match misbehaviour {
        Misbehaviour::SignedUserInfo(fault) => Some(fault.clone()),
        _ => None,
    });
    jwt.compact(&environment.keys)
}
