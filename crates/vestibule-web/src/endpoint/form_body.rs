use std::{future::Future, time::Duration};

use bytes::Bytes;

use crate::{
    error::LogoutError,
    http::{BodyFault, read_within},
};

const TIME: Duration = Duration::from_secs(5);

/// Reads a form of at most `cap` bytes, within five seconds (checklist B03, H12).
pub(super) async fn read_form<B, F>(body: B, cap: usize) -> Result<Bytes, LogoutError>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    read_within(TIME, body, cap).await.map_err(|fault| match fault {
        BodyFault::TooLarge => LogoutError::TooLarge,
        BodyFault::Broken => LogoutError::Parameter,
        BodyFault::TimedOut => LogoutError::TimedOut,
    })
}
