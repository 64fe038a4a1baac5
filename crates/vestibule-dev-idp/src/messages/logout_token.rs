//! Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4).

use serde_json::json;

use crate::application::Application;
use crate::error::SigningError;
use crate::faults::{BACKCHANNEL_LOGOUT_EVENT, Misbehaviour};
use crate::jwt::Jwt;
use crate::messages::access_token::members;
use crate::provider::Provider;
use crate::random;
use crate::sid::LogoutTokenContent;
use crate::store::Environment;

pub(crate) fn issue(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    subject: &str,
    sid: Option<&str>,
) -> Result<String, SigningError> {
    let (subject, sid) = match (environment.logout_token_content, sid) {
        (LogoutTokenContent::Sid, Some(sid)) => (None, Some(sid)),
        (LogoutTokenContent::SidAndSub, sid) => (Some(subject), sid),
        (LogoutTokenContent::Sub, _) | (LogoutTokenContent::Sid, None) => (Some(subject), None),
    };
    let mut jwt = draft(provider, application, subject, sid);
    environment.faults.spoil(&mut jwt, |misbehaviour| match misbehaviour {
        Misbehaviour::LogoutToken(fault) => Some(fault.clone()),
        _ => None,
    });
    jwt.compact(&environment.keys)
}

pub(crate) fn draft(
    provider: &Provider,
    application: &Application,
    subject: Option<&str>,
    sid: Option<&str>,
) -> Jwt {
    let now = provider.clock.unix();
    let claims = json!({
        "iss": provider.issuer,
        "aud": application.client_id,
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
        "jti": random::name("logout_"),
        "events": { BACKCHANNEL_LOGOUT_EVENT: {} },
    });
    let mut jwt = Jwt::new(application.signing_algorithm, Some("logout+jwt"), members(claims));
    if let Some(subject) = subject {
        jwt.set("sub", subject);
    }
    if let Some(sid) = sid {
        jwt.set("sid", sid);
    }
    jwt
}

/// Seconds. The specification recommends at most two minutes.
const LIFETIME: i64 = 2 * 60;
