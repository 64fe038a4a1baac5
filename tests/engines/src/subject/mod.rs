//! Engines as the conformance suite sees them.

mod memory;
mod postgres;
mod redis;

pub use memory::Memory;
pub use postgres::PostgresSubject;
pub use redis::RedisSubject;
