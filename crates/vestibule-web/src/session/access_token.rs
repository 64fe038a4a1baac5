use vestibule::{AccessToken, Diagnose, Disposition, ProviderTime};

use super::{Grant, Session};
use crate::SessionError;

impl Session {
    /// An access token that is valid now, refreshed 30 seconds ahead of its end, or at half of its life if that is
    /// later: one call to the provider, however many ask.
    ///
    /// While the old token lives, a refresh that fails for a passing reason goes unnoticed.
    ///
    /// # Errors
    /// [`SessionError::NoAccessToken`] when the token has ended and cannot be renewed. [`SessionError::Gone`],
    /// [`SessionError::RefreshUncertain`] or a `Gone` [`SessionError::Refresh`] when the provider ended the session; it
    /// has ended here too then. Whatever can be tried again is [`Disposition::Retry`] and leaves the session alone.
    /// [`SessionError::NeedsStore`] for a sealed session, which holds no tokens.
    pub async fn access_token(&self) -> Result<AccessToken, SessionError> {
        self.needs_store()?;
        let engine = &self.0.engine;
        // Twice at most: what somebody else renewed since this session was loaded may have ended by now.
        let mut tries = 0;
        loop {
            let record = self.record();
            let grant = Grant::open(engine, &record).ok_or(SessionError::NoAccessToken)?;
            let now = engine.clock().now();
            let is_as_good_as_it_gets = match tries {
                0 => !is_due(&grant, now) || (lives(&grant, now) && grant.refresh_token.is_none()),
                // Of a token that was just renewed, no more is asked than that it lives.
                1 => lives(&grant, now),
                _ => true,
            };
            if is_as_good_as_it_gets {
                return Ok(grant.access_token);
            }
            if grant.refresh_token.is_none() {
                return Err(SessionError::NoAccessToken);
            }
            match engine.flights.refresh(engine, &record).await {
                Ok(renewed) => self.keep_grant(&renewed),
                // The refresh took time: the old token is judged again.
                Err(error)
                    if error.disposition() != Disposition::Gone && lives(&grant, engine.clock().now()) =>
                {
                    return Ok(grant.access_token);
                }
                Err(error) => return Err(error),
            }
            tries += 1;
        }
    }

    /// A token in place of one that an API refused: what another request has renewed meanwhile, or else a new one, by one
    /// call to the provider, however many ask.
    ///
    /// # Errors
    /// As for [`access_token`](Self::access_token); the refused token is never returned, although it may seem to live.
    pub async fn renew_access_token(&self, refused: &AccessToken) -> Result<AccessToken, SessionError> {
        self.needs_store()?;
        let engine = &self.0.engine;
        let record = self.record();
        let known = Grant::open(engine, &record).ok_or(SessionError::NoAccessToken)?;
        if known.access_token != *refused {
            return self.access_token().await;
        }
        if known.refresh_token.is_none() {
            return Err(SessionError::NoAccessToken);
        }
        let renewed = engine.flights.refresh(engine, &record).await?;
        self.keep_grant(&renewed);
        let grant = Grant::open(engine, &self.record()).ok_or(SessionError::NoAccessToken)?;
        if grant.access_token == *refused { Err(SessionError::NoAccessToken) } else { Ok(grant.access_token) }
    }
}

fn lives(grant: &Grant, now: ProviderTime) -> bool {
    grant.expires_at.is_none_or(|end| now < end)
}

fn is_due(grant: &Grant, now: ProviderTime) -> bool {
    grant.due_at.is_some_and(|due| due <= now)
}
