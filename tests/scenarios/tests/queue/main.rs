//! Logouts that the store could not take: in effect here at once, and everywhere once it can (session model, section 5).

mod administrators;
mod bounds;
mod here;
mod journal;
mod landing;
mod support;
