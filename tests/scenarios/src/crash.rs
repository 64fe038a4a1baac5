//! Processes that die, clients that hang up: a future that is dropped at one of its await points.

use std::{future::poll_fn, pin::pin, task::Poll};

/// Lets `work` go as far as its `points`-th await point, and drops it there. `Some` when it was finished before.
///
/// Tasks that it spawned live on.
pub async fn drop_at<T>(points: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    for _ in 0..points {
        if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
            return Some(done);
        }
        tokio::task::yield_now().await;
    }
    None
}
