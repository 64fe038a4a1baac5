//! What only axum can get wrong: routers of every shape, headers of handlers, a missing `wrap`.

mod headers;
mod not_wrapped;
mod shape;
mod shapes;
