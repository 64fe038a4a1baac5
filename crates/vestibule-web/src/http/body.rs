use std::{
    future::{Future, Ready, ready},
    time::Duration,
};

use bytes::Bytes;

/// Why a request body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyFault {
    /// It is longer than the cap.
    TooLarge,
    /// The connection broke.
    Broken,
    /// It did not arrive in time.
    TimedOut,
}

/// The body of a request that has none.
pub const NO_BODY: fn(usize) -> Ready<Result<Bytes, BodyFault>> = |_| ready(Ok(Bytes::new()));

/// Reads a body of at most `cap` bytes within `time` (checklist B03, H12).
pub(crate) async fn read_within<B, F>(time: Duration, body: B, cap: usize) -> Result<Bytes, BodyFault>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let body = tokio::time::timeout(time, body(cap)).await.map_err(|_| BodyFault::TimedOut)??;
    if body.len() <= cap { Ok(body) } else { Err(BodyFault::TooLarge) }
}
