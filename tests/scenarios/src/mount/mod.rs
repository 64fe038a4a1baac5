//! The same application on every web framework that there is an adapter for, and on none.
//!
//! A new framework is one file here, with a [`Mount`], and one line in the list of the [`on_every_mount!`](crate::on_every_mount) macro.

mod axum;
mod bare;
mod everywhere;

use std::{fmt, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use vestibule_web::RelyingParty;

pub use self::{axum::Axum, bare::Bare};

use crate::Exchange;

/// A web framework to build the application on.
#[async_trait(?Send)]
pub trait Mount: fmt::Debug {
    /// The application over this relying party, ready to answer.
    async fn start(&self, relying_party: RelyingParty) -> Rc<dyn Site>;
}

/// A running application.
#[async_trait(?Send)]
pub trait Site {
    /// Answers a request as a server would.
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes>;
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
