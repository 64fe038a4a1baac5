use std::time::Duration;

use vestibule::{AccessToken, Diagnose, Disposition, ProviderTime};

use super::{Grant, Session};
use crate::SessionError;

/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(30);

impl Session {
    /// An access token that is valid now, refreshed 30 seconds ahead of its end: one call to the provider, however many ask.
    ///
    /// While the old token lives, a refresh that fails for a passing reason goes unnoticed.
    ///
    /// # Errors
    /// [`SessionError::NoAccessToken`] when the token has ended and cannot be renewed. [`SessionError::Gone`],
    /// [`SessionError::RefreshUncertain`] or a `Gone` [`SessionError::Refresh`] when the provider ended the session; it
    /// has ended here too then. Whatever can be tried again is [`Disposition::Retry`] and leaves the session alone.
    pub async fn access_token(&self) -> Result<AccessToken, SessionError> {
        let engine = &self.0.engine;
        let record = self.record();
        let grant = Grant::open(engine, &record).ok_or(SessionError::NoAccessToken)?;
        let now = engine.clock().now();
        if !is_due(&grant, now) || (lives(&grant, now) && grant.refresh_token.is_none()) {
            return Ok(grant.access_token);
        }
        if grant.refresh_token.is_none() {
            return Err(SessionError::NoAccessToken);
        }
        match engine.flights.refresh(engine, &record).await {
            Ok(record) => {
                self.keep_grant(&record);
                Grant::open(engine, &record)
                    .map(|grant| grant.access_token)
                    .ok_or(SessionError::NoAccessToken)
            }
            // The refresh took time: the old token is judged again.
            Err(error) if error.disposition() != Disposition::Gone && lives(&grant, engine.clock().now()) => {
                Ok(grant.access_token)
            }
            Err(error) => Err(error),
        }
    }
}

fn lives(grant: &Grant, now: ProviderTime) -> bool {
    grant.expires_at.is_none_or(|end| now < end)
}

fn is_due(grant: &Grant, now: ProviderTime) -> bool {
    grant.expires_at.is_some_and(|end| now.plus(AHEAD) >= end)
}
