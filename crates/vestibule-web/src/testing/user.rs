use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};
use vestibule::{AccessToken, Authority};

use crate::SessionError;

/// A user as the application is to see them.
#[derive(Clone, Debug)]
#[must_use = "nobody is signed in until sign_in is called"]
pub struct TestUser {
    pub(super) subject: String,
    pub(super) sid: Option<String>,
    pub(super) claims: Map<String, Value>,
    pub(super) authority: Authority,
    pub(super) access_token: Option<AccessToken>,
    pub(super) data: Result<Bytes, SessionError>,
}

impl TestUser {
    /// A user by this `sub`. They have just proved who they are, and were granted the scopes that the application asks for.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            sid: None,
            claims: Map::new(),
            authority: Authority::default(),
            access_token: None,
            data: Ok(Bytes::new()),
        }
    }

    /// Adds a claim to the ID token. What claims tell of the user's rights is read where the relying party
    /// [looks for it](crate::RelyingPartyBuilder::authority).
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Gives the user a role, wherever the provider puts those.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.authority.roles.insert(role.into());
        self
    }

    /// Gives the user a permission.
    pub fn permission(mut self, permission: impl Into<String>) -> Self {
        self.authority.permissions.insert(permission.into());
        self
    }

    /// Grants one more scope.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.authority.scopes.insert(scope.into());
        self
    }

    /// Lets the user act for an organization.
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.authority.organizations.insert(organization.into());
        self
    }

    /// Names the user's session at the provider, for logouts by `sid`. Default: none is known.
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// Gives the session an access token that never ends. Default: none, and asking for it is
    /// [`SessionError::NoAccessToken`]. A sealed session keeps none in any case.
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.access_token = Some(AccessToken::new(token));
        self
    }

    /// The application's own data to start with, as its [`on_login`](crate::RelyingPartyBuilder::on_login) would give it:
    /// that is not asked, since there is no ID token to show it. What JSON cannot say fails
    /// [`sign_in`](super::sign_in).
    pub fn data(mut self, data: &impl Serialize) -> Self {
        self.data = serde_json::to_vec(data).map(Bytes::from).map_err(|_| SessionError::Data);
        self
    }
}
