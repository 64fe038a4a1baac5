use tracing::Instrument;

use crate::{error::Error, store::StoreError};

/// Does `work` in a task of its own: a client that hangs up does not stop a logout half-way.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(died) => Err(StoreError::Unavailable(Box::new(died)).into()),
    }
}
