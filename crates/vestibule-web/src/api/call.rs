use std::{fmt, sync::Arc};

use tokio::sync::OnceCell;
use vestibule::{AccessGrant, Verified};

use super::{Api, ApiError, authorization::Authorization, challenge};
use crate::{
    Judgement, Requirement, Visit, Visitor,
    http::{Reply, RequestHead},
};

/// One request's access token: verified when first asked for, and once.
#[derive(Clone)]
pub struct Call(Arc<Inner>);

struct Inner {
    api: Api,
    authorization: Authorization,
    grant: OnceCell<Arc<Verified<AccessGrant>>>,
}

impl Call {
    pub(super) fn open(api: &Api, head: &RequestHead<'_>) -> Self {
        let authorization = Authorization::read(head);
        Self(Arc::new(Inner { api: api.clone(), authorization, grant: OnceCell::new() }))
    }

    /// Whether the request brings an access token, or something that was meant for one. It may be refused all the same.
    pub fn has_token(&self) -> bool {
        !matches!(self.0.authorization, Authorization::None)
    }

    /// What the request's access token grants.
    ///
    /// # Errors
    /// [`ApiError`], for which [`respond`](Self::respond) has the answer. An outage is never a refusal.
    pub async fn grant(&self) -> Result<&Arc<Verified<AccessGrant>>, ApiError> {
        self.0.grant.get_or_try_init(|| self.0.verify()).await
    }

    /// Judges whether the request's access token grants what is required.
    ///
    /// # Errors
    /// As for [`grant`](Self::grant), [`ApiError::Forbidden`] and [`ApiError::StepUp`].
    pub async fn require(&self, requirement: &Requirement) -> Result<(), ApiError> {
        let grant = self.grant().await?;
        let resource_server = &self.0.api.0.resource_server;
        let now = resource_server.provider().clock().now();
        match requirement.judge(grant.authority(), now, resource_server.clock_skew(grant)) {
            Judgement::Allowed => Ok(()),
            Judgement::Forbidden(missing) => Err(ApiError::Forbidden(missing)),
            Judgement::StepUp(needs) => Err(ApiError::StepUp(needs)),
        }
    }

    /// Lets through whoever meets the requirement: by the access token if one is sent, else by the session of `visit`.
    ///
    /// # Errors
    /// The answer to everybody else.
    pub async fn admit(&self, visit: Option<&Visit>, requirement: &Requirement) -> Result<(), Reply> {
        let visit = match visit {
            Some(visit) if !self.has_token() => visit,
            _ => return self.require(requirement).await.map_err(|error| self.respond(&error)),
        };
        match visit.visitor().await {
            Ok(Visitor::Anonymous) => Err(self.challenge(visit)),
            _ => visit.admit(requirement).await.map(drop),
        }
    }

    /// The answer to a request that brings neither a token nor a session, where either will do: a page is sent to log in, a
    /// program is told to send a token.
    pub fn challenge(&self, visit: &Visit) -> Reply {
        if visit.is_page() { visit.challenge() } else { self.respond(&ApiError::Required) }
    }

    /// The answer to this request when it failed with `error`: problem+json, with a challenge where a token would help
    /// (RFC 6750 section 3, RFC 9470 section 3).
    pub fn respond(&self, error: &ApiError) -> Reply {
        challenge::respond(&self.0.api, error)
    }
}

impl Inner {
    async fn verify(&self) -> Result<Arc<Verified<AccessGrant>>, ApiError> {
        let token = match &self.authorization {
            Authorization::Bearer(token) => token,
            Authorization::None => return Err(ApiError::Required),
            Authorization::Malformed(why) => return Err(ApiError::Request(why)),
        };
        let api = &self.api.0;
        let grant = api.resource_server.verify(token.expose()).await?;
        if api.users_only && grant.is_service() {
            return Err(ApiError::SubjectKind);
        }
        for logouts in &api.logouts {
            logouts.check(&api.resource_server, &grant).await?;
        }
        Ok(grant)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("has_token", &self.has_token()).finish_non_exhaustive()
    }
}
