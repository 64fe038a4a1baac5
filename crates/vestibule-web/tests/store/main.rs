//! The memory store keeps the promises of a session store.

mod memory;

vestibule_web::store_conformance!(memory::Memory::default());
