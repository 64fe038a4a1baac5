//! Engines as the conformance suite sees them.

mod memory;
mod redis;

pub use memory::Memory;
pub use redis::RedisSubject;
