//! Engines that the tests start, pause and kill, and what stands between them and a store.

pub mod node;
pub mod postgres;
pub mod proxy;
pub mod redis;
pub mod subject;

pub use postgres::Postgres;
