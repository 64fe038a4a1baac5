//! Requests and replies as every web framework has them.

mod body;
mod head;
mod navigation;
mod path;
pub(crate) mod reply;

pub use body::{BodyFault, NO_BODY};
pub use head::{Headers, RequestHead};
pub(crate) use navigation::{is_navigation, is_prefetch};
pub(crate) use path::is_plain_path;
pub use reply::Reply;
