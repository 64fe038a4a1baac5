//! Requests and replies as every web framework has them.

mod body;
mod head;
mod navigation;
mod parameters;
mod path;
pub(crate) mod reply;

pub(crate) use body::read_within;
pub use body::{BodyFault, NO_BODY};
pub use head::{Headers, HeadersMut, RequestHead};
pub(crate) use navigation::{is_form, is_navigation, is_page_load, is_prefetch};
pub(crate) use parameters::Parameters;
pub(crate) use path::is_plain_path;
pub use reply::Reply;
