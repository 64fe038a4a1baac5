//! Scalekit: an environment, and the sessions of its users.
//!
//! Logins, tokens and logouts are those of every provider; organization, connection and social provider are settings of
//! [`AuthorizationRequest`](crate::AuthorizationRequest), and [`AuthorityClaims::scalekit`](crate::AuthorityClaims::scalekit)
//! says where roles and permissions are. Its access tokens have no `typ`: APIs verify them by
//! [`AccessTokenPolicy::untyped`](crate::AccessTokenPolicy::untyped), with the client ids as audiences.

mod call;
mod environment;
mod error;
mod id;
mod session;
mod sessions;

pub use environment::Environment;
pub use error::ScalekitError;
pub use id::{SessionId, UserId};
pub use session::{AuthenticatedClient, Device, Session, SessionPage};
pub use sessions::Sessions;
