use super::{UserInfo, error::UserInfoError};
use crate::{
    TokenError,
    json::parse_object,
    keys::KeySource,
    token::{
        audience::Audience,
        claims::Claims,
        kind,
        verifier::{RuleSet, Signed, Unchecked, Verifier},
    },
};

/// What a UserInfo answer must be (OpenID Connect Core sections 5.3.2, 5.3.4).
#[derive(Clone, Copy)]
pub(crate) struct UserInfoRules<'a> {
    subject: &'a str,
}

impl<'a> UserInfoRules<'a> {
    /// The answer must be about `subject`, the `sub` of a verified ID token.
    pub(crate) fn new(subject: &'a str) -> Self {
        Self { subject }
    }

    /// Reads an answer, which is a JWT if its media type said so (`is_jwt`).
    pub(crate) async fn read<K: KeySource>(
        &self,
        verifier: &Verifier<'_, K>,
        is_jwt: bool,
        body: &[u8],
    ) -> Result<UserInfo, TokenError> {
        if is_jwt {
            let raw = std::str::from_utf8(body).map_err(|_| UserInfoError::Malformed)?;
            let verified = verifier.verify(raw, self).await;
            verified.map(super::super::Verified::into_inner).map_err(within_user_info)
        } else if verifier.policy.signed_user_info {
            Err(UserInfoError::NotSigned.into())
        } else {
            let claims = parse_object(body).map_err(|_| UserInfoError::Malformed)?;
            Ok(self.accept(Claims::new(claims), false)?)
        }
    }

    fn accept(&self, claims: Claims, is_signed: bool) -> Result<UserInfo, UserInfoError> {
        if claims.get("sub").is_none_or(|subject| subject != self.subject) {
            return Err(UserInfoError::SubjectMismatch);
        }
        Ok(UserInfo { subject: self.subject.to_owned(), is_signed, claims })
    }
}

impl RuleSet for UserInfoRules<'_> {
    type Token = UserInfo;

    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError> {
        let claims = token.claims;
        let is_other_kind = token.header.typ.is_some() && !token.header.typ_is_one_of(&["JWT"])
            || kind::is_event(claims)
            || kind::is_access_token(claims)
            || kind::is_authorization_response(claims)
            || kind::is_id_token(claims);
        if is_other_kind {
            return Err(UserInfoError::WrongKind.into());
        }
        if token.maker().is_none() {
            return Err(UserInfoError::IssuerMismatch.into());
        }
        Ok(())
    }

    fn judge(&self, token: Signed<'_>) -> Result<UserInfo, TokenError> {
        let Audience::Ours(_) = Audience::read(&token.claims, token.client_id, token.policy) else {
            return Err(UserInfoError::AudienceMismatch.into());
        };
        let skew = token.policy.clock_skew;
        let has_expired = token.claims.time("exp")?.is_some_and(|end| end <= token.now.minus(skew));
        let is_early = token.claims.time("nbf")?.is_some_and(|start| start > token.now.plus(skew));
        if has_expired || is_early {
            return Err(UserInfoError::NotValidNow.into());
        }
        Ok(self.accept(token.claims, true)?)
    }
}

/// Whatever is wrong with the JWT, it is the UserInfo answer that is refused.
fn within_user_info(error: TokenError) -> TokenError {
    match error {
        TokenError::Jwt(error) => UserInfoError::Jwt(error).into(),
        other => other,
    }
}
