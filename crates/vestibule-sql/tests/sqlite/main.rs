//! The SQLite store keeps the promises of a session store, in a file and in memory.

#![cfg(feature = "sqlite")]

mod constant_cost;
mod disk;
mod format;
mod model;
mod restart;
mod stage;
mod subject;

mod file {
    vestibule_web::store_conformance!(crate::subject::File::default());
}

mod memory {
    vestibule_web::store_conformance!(crate::subject::Memory::default());
}
