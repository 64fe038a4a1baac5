//! What only actix-web can get wrong: apps of every shape, headers of handlers, errors of middleware, optional
//! extractors, a missing `wrap`.

mod headers;
mod not_wrapped;
mod optional;
mod shape;
mod shapes;
