//! What the application does for its own front end: calls carried to an API with the user's token.

mod api;
mod relay_calls;
mod relay_paths;
mod relay_tokens;
