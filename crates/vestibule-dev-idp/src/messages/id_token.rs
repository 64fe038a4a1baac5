//! ID tokens (OpenID Connect Core section 2).

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, Audience, AuthenticationContextClass, IdToken, IdTokenClaims, IssuerUrl, Nonce,
};

use serde_json::json;

use crate::application::Application;
use crate::error::SigningError;
use crate::faults::{JwtFault, Misbehaviour};
use crate::jwt::Jwt;
use crate::messages::access_token::members;
use crate::messages::claims::{self, MoreClaims};
use crate::provider::Provider;
use crate::settings::seconds;
use crate::store::{Environment, Grant};
use crate::user::User;

pub(crate) type OurIdToken =
    IdToken<MoreClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// An ID token, and how it goes out: the same unless a switch spoils it.
#[derive(Debug)]
pub(crate) struct IssuedIdToken {
    pub(crate) honest: OurIdToken,
    pub(crate) sent: String,
}

/// On which occasion an ID token is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Login,
    Refresh,
}

pub(crate) fn issue(
    provider: &Provider,
    environment: &mut Environment,
    application: &Application,
    user: &User,
    grant: &Grant,
    access_token: &str,
    occasion: Occasion,
) -> Result<IssuedIdToken, SigningError> {
    if environment.faults.is_on(&Misbehaviour::RollKeysBeforeSigning) {
        environment.keys.roll()?;
    }
    let now = provider.clock.unix();
    let claims = IdTokenClaims::new(
        IssuerUrl::new(provider.issuer.clone())
            .map_err(|_| SigningError::Refused { action: "name the issuer" })?,
        vec![Audience::new(application.client_id.clone())],
        moment(now.saturating_add(seconds(application.id_token_lifetime))),
        moment(now),
        claims::standard(user, grant),
        MoreClaims { sid: grant.sid.clone(), own: claims::own(user) },
    )
    .set_auth_time(grant.auth_time.map(moment))
    .set_auth_context_ref(grant.acr.clone().map(AuthenticationContextClass::new))
    // Core 12.2: a refreshed ID token SHOULD NOT have a nonce.
    .set_nonce(grant.nonce.clone().filter(|_| occasion == Occasion::Login).map(Nonce::new));
    let algorithm = application.signing_algorithm;
    let honest = OurIdToken::new(
        claims,
        environment.keys.current().key(algorithm),
        algorithm.core(),
        Some(&AccessToken::new(access_token.to_owned())),
        None,
    )
    .map_err(|_| SigningError::Refused { action: "sign an ID token" })?;
    let sent = spoilt(environment, application, honest.to_string(), occasion)?;
    Ok(IssuedIdToken { honest, sent })
}

/// An ID token about a user, without what comes from a login.
pub(crate) fn draft(provider: &Provider, application: &Application, subject: &str, sid: Option<&str>) -> Jwt {
    let now = provider.clock.unix();
    let claims = json!({
        "iss": provider.issuer,
        "aud": [application.client_id],
        "sub": subject,
        "iat": now,
        "exp": now.saturating_add(seconds(application.id_token_lifetime)),
        "auth_time": now,
    });
    let mut jwt = Jwt::new(application.signing_algorithm, None, members(claims));
    if let Some(sid) = sid {
        jwt.set("sid", sid);
    }
    jwt
}

fn spoilt(
    environment: &mut Environment,
    application: &Application,
    compact: String,
    occasion: Occasion,
) -> Result<String, SigningError> {
    let pick = |misbehaviour: &Misbehaviour| -> Option<JwtFault> {
        match misbehaviour {
            Misbehaviour::IdToken(fault) => Some(fault.clone()),
            Misbehaviour::RefreshedIdToken(fault) if occasion == Occasion::Refresh => Some(fault.clone()),
            _ => None,
        }
    };
    if !environment.faults.is_spoiling(pick) {
        return Ok(compact);
    }
    let Some(mut jwt) = Jwt::reopen(application.signing_algorithm, &compact) else { return Ok(compact) };
    environment.faults.spoil(&mut jwt, pick);
    jwt.compact(&environment.keys)
}

fn moment(unix: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix, 0).unwrap_or_default()
}
