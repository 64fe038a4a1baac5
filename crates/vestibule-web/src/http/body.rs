use std::future::{Ready, ready};

use bytes::Bytes;

/// Why a request body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyFault {
    /// It is longer than the cap.
    TooLarge,
    /// The connection broke.
    Broken,
}

/// The body of a request that has none.
pub const NO_BODY: fn(usize) -> Ready<Result<Bytes, BodyFault>> = |_| ready(Ok(Bytes::new()));
