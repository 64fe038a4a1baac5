use std::{future::Future, time::Duration};

use bytes::Bytes;

use crate::{error::LogoutError, http::BodyFault};

const TIME: Duration = Duration::from_secs(5);

/// Reads a form of at most `cap` bytes, within five seconds (checklist B03, H12).
pub(super) async fn read_form<B, F>(body: B, cap: usize) -> Result<Bytes, LogoutError>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    match tokio::time::timeout(TIME, body(cap)).await {
        Ok(Ok(body)) if body.len() <= cap => Ok(body),
        Ok(Ok(_) | Err(BodyFault::TooLarge)) => Err(LogoutError::TooLarge),
        Ok(Err(BodyFault::Broken)) => Err(LogoutError::Parameter),
        Err(_) => Err(LogoutError::TimedOut),
    }
}
