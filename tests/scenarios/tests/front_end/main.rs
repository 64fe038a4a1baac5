//! What the application does for its own front end: who is signed in, and calls carried to an API with the
//! user's token.

mod api;
mod relay_calls;
mod relay_paths;
mod relay_tokens;
mod session;
