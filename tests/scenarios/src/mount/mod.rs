//! The same application on every web framework that there is an adapter for, and on none.
//!
//! A new framework is one file here, with a [`Mount`], and one line in the list of the [`on_every_mount!`](crate::on_every_mount) macro.

mod actix;
mod axum;
mod bare;
mod everywhere;

use std::{fmt, rc::Rc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use vestibule_web::{Api, RelyingParties};

pub use self::{actix::Actix, axum::Axum, bare::Bare};

use crate::Exchange;

/// A web framework to build the application on.
#[async_trait(?Send)]
pub trait Mount: fmt::Debug {
    /// The application over these relying parties and this API, ready to answer.
    async fn start(&self, relying_parties: RelyingParties, api: Api) -> Rc<dyn Site>;
}

/// A running application.
#[async_trait(?Send)]
pub trait Site {
    /// Answers a request as a server would.
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes>;
}

/// Runs a scenario, and fails instead of waiting for ever: a day of the runtime's paused time passes at once when
/// nothing else is left to wait for.
///
/// # Panics
/// When it does not end.
pub async fn in_time<T>(scenario: impl Future<Output = T>) -> T {
    const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
    tokio::time::timeout(A_DAY, scenario).await.expect("the scenario ends")
}

/// That two mounts were asked the same and answered the same.
///
/// # Panics
/// At the first difference.
pub fn assert_alike(here: &[Exchange], there: &[Exchange]) {
    for (here, there) in here.iter().zip(there) {
        assert_eq!((&here.method, &here.path), (&there.method, &there.path));
        assert_eq!(here.answer, there.answer, "{} {}", here.method, here.path);
    }
    assert_eq!(here.len(), there.len());
}
