//! The near cache keeps the promises of a session store, and its own: how stale it can be, and what it never is.

mod bound;
mod capacity;
mod engine;
mod logouts;
mod nodes;
mod races;
mod random;
mod sealed;

vestibule_web::store_conformance!(engine::CachedMemory::default());
