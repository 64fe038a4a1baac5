use std::time::Duration;

use vestibule_web::store::{
    BeginAttempt, Commit, CommitRefresh, EndIf, HolderId, Lease, RefreshHash, Renew, SessionKey, Stamped,
    StoreError,
};

use super::{Sessions, caller::Again, storing::joined};
use crate::{link::Call, script};

impl Sessions {
    fn call_as_holder(&self, key: &SessionKey, holder: &HolderId) -> Call {
        self.call_on_cutoffs().key(&self.keys.record(key)).arg(key.as_bytes()).arg(holder.as_bytes())
    }

    pub(super) async fn take_lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Lease>, StoreError> {
        let call = self.call_as_holder(key, holder).span(ttl);
        let mut reply = self.ask(&script::LEASE, &call, Again::Yes).await?;
        let lease = match &reply.word[..] {
            b"leased" => Lease::Leased(reply.record(key)?),
            b"held" => Lease::Held { until: reply.time()? },
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: lease })
    }

    pub(super) async fn renew_lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        ttl: Duration,
    ) -> Result<Stamped<Renew>, StoreError> {
        let call = self.call_as_holder(key, holder).span(ttl);
        let mut reply = self.ask(&script::RENEW, &call, Again::Yes).await?;
        let renew = match &reply.word[..] {
            b"renewed" => Renew::Renewed { until: reply.time()? },
            b"lost" => Renew::Lost,
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: renew })
    }

    pub(super) async fn release_lease(
        &self,
        key: &SessionKey,
        holder: &HolderId,
    ) -> Result<Stamped<()>, StoreError> {
        let reply = self.ask(&script::RELEASE, &self.call_as_holder(key, holder), Again::Yes).await?;
        Ok(Stamped { at: reply.at, reply: () })
    }

    pub(super) async fn record_attempt(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        spent: &RefreshHash,
        limit: Duration,
    ) -> Result<Stamped<BeginAttempt>, StoreError> {
        let call = self.call_as_holder(key, holder).arg(spent.as_bytes()).span(limit);
        let mut reply = self.ask(&script::BEGIN_ATTEMPT, &call, Again::Yes).await?;
        let begin = match &reply.word[..] {
            b"begun" => BeginAttempt::Begun { repeats: false },
            b"repeats" => BeginAttempt::Begun { repeats: true },
            b"lost" => BeginAttempt::Lost,
            b"superseded" => BeginAttempt::Superseded(reply.record(key)?),
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: begin })
    }

    pub(super) async fn store_refresh(
        &self,
        key: &SessionKey,
        commit: CommitRefresh,
    ) -> Result<Stamped<Commit>, StoreError> {
        let call = self
            .call_that_tells()
            .key(&self.keys.record(key))
            .arg(key.as_bytes())
            .arg(commit.spent.as_bytes())
            .arg(&commit.grant)
            .maybe(commit.refresh.as_ref().map(RefreshHash::as_bytes))
            .arg(&joined(&commit.listen));
        let mut reply = self.write(&script::COMMIT_REFRESH, &call).await?;
        let commit = match &reply.word[..] {
            b"committed" => Commit::Committed(reply.record(key)?),
            b"superseded" => Commit::Superseded(reply.record(key)?),
            _ => reply.not_live()?,
        };
        Ok(Stamped { at: reply.at, reply: commit })
    }

    pub(super) async fn end_refused(
        &self,
        key: &SessionKey,
        holder: &HolderId,
        refused: &RefreshHash,
    ) -> Result<Stamped<EndIf>, StoreError> {
        let call = self
            .call_that_tells()
            .key(&self.keys.record(key))
            .arg(key.as_bytes())
            .arg(holder.as_bytes())
            .arg(refused.as_bytes());
        let mut reply = self.write(&script::END_IF, &call).await?;
        let end_if = match &reply.word[..] {
            b"ended" => EndIf::Ended { uncertain: false },
            b"uncertain" => EndIf::Ended { uncertain: true },
            b"superseded" => EndIf::Superseded(reply.record(key)?),
            b"open" => EndIf::Open { until: reply.time()? },
            _ => reply.not_live()?,
        };
        if let EndIf::Ended { .. } = end_if {
            self.strike_from_index(&mut reply).await?;
        }
        Ok(Stamped { at: reply.at, reply: end_if })
    }
}
