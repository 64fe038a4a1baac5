//! Three nodes with near caches over one store: what a request costs the store, and how a logout reaches all of them
//! (checklist BM13).

mod bearer;
mod cluster;
mod requests;
mod sealed;
mod tokens;
