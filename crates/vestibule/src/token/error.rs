use crate::{
    AccessTokenError, Diagnose, Diagnosis, IdTokenError, IdpInitiatedLoginError, JwtError, KeysError,
    LogoutTokenError, UserInfoError,
};

/// A token breaks a rule, or its issuer's keys are not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A rule that holds for every JWT.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// The issuer's keys are not to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A rule about ID tokens.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// A rule about tokens that ask for a login.
    #[error(transparent)]
    IdpInitiated(#[from] IdpInitiatedLoginError),
    /// A rule about logout tokens.
    #[error(transparent)]
    LogoutToken(#[from] LogoutTokenError),
    /// A rule about UserInfo answers.
    #[error(transparent)]
    UserInfo(#[from] UserInfoError),
    /// A rule about access tokens.
    #[error(transparent)]
    AccessToken(#[from] AccessTokenError),
}

impl Diagnose for TokenError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Jwt(error) => error.diagnosis(),
            Self::Keys(error) => error.diagnosis(),
            Self::IdToken(error) => error.diagnosis(),
            Self::IdpInitiated(error) => error.diagnosis(),
            Self::LogoutToken(error) => error.diagnosis(),
            Self::UserInfo(error) => error.diagnosis(),
            Self::AccessToken(error) => error.diagnosis(),
        }
    }
}
