//! Successful answers of the token endpoint (RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3).

use std::time::Duration;

use openidconnect::core::{
    CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AccessToken, EmptyExtraTokenFields, IdTokenFields, RefreshToken, Scope, StandardTokenResponse,
};
use serde_json::Value;

use crate::messages::claims::MoreClaims;
use crate::messages::id_token::IssuedIdToken;
use crate::store::Grant;

/// What goes out together.
#[derive(Debug)]
pub(crate) struct IssuedTokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<IssuedIdToken>,
}

impl IssuedTokens {
    pub(crate) fn into_json(self, grant: &Grant, lifetime: Duration) -> serde_json::Result<Value> {
        let (honest, sent) = match self.id_token {
            Some(id_token) => (Some(id_token.honest), Some(id_token.sent)),
            None => (None, None),
        };
        let mut answer = Answer::new(
            AccessToken::new(self.access_token),
            CoreTokenType::Bearer,
            IdTokenFields::new(honest, EmptyExtraTokenFields {}),
        );
        answer.set_expires_in(Some(&lifetime));
        answer.set_refresh_token(self.refresh_token.map(RefreshToken::new));
        answer.set_scopes(Some(grant.scope.iter().cloned().map(Scope::new).collect()));
        let mut answer = serde_json::to_value(answer)?;
        if let (Value::Object(members), Some(sent)) = (&mut answer, sent) {
            members.insert("id_token".to_owned(), Value::String(sent));
        }
        if let Value::Object(members) = &mut answer {
            members.retain(|_, value| !value.is_null());
        }
        Ok(answer)
    }
}

type Answer = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
