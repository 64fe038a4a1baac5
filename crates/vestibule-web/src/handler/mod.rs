//! What handlers ask of a request, decided once for all frameworks. For the adapters alone: its shape may change in any
//! release.

mod entry;
mod form;
mod refusal;
mod types;

use std::sync::Arc;

pub use entry::Entry;
pub use refusal::Refusal;
use vestibule::{AccessGrant, Verified};

use crate::Session;

/// Whoever calls, by access token or by session.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A signed-in user.
    User(Session),
    /// Whoever the access token stands for.
    Token(Arc<Verified<AccessGrant>>),
}
