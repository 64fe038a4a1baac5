use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use super::Subject;

/// One promise of a session store: its name, and the check that panics where it is broken.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// The name of the function that checks it.
    pub name: &'static str,
    check: Check,
}

type Check = for<'a> fn(&'a dyn Subject) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// What a check said when it panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl Promise {
    #[doc(hidden)]
    pub const fn new(name: &'static str, check: Check) -> Self {
        Self { name, check }
    }

    /// Checks it on a fresh engine.
    pub async fn check(&self, subject: &dyn Subject) {
        (self.check)(subject).await;
    }

    /// The same without the panic: for runners that go on with the next promise.
    pub async fn kept_by(&self, subject: &dyn Subject) -> Result<(), Broken> {
        caught(self.check(subject)).await
    }
}

/// Runs a check to its end; a panic of it is an error.
pub(super) async fn caught<T>(check: impl Future<Output = T>) -> Result<T, Broken> {
    let mut check = Box::pin(check);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| check.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(Broken(said(&*panic)))),
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}
