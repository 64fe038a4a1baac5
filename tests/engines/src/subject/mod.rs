//! Engines as the conformance suite sees them.

mod memory;

pub use memory::Memory;
