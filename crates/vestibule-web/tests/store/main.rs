//! The memory store keeps the promises of a session store.

mod bounds;
mod cutoff;
mod faults;
mod interleavings;
mod memory;
mod model_based;
mod refresh_race;
mod side_by_side;

use vestibule_web::conformance::model as command;

vestibule_web::store_conformance!(memory::Memory::default());

#[tokio::test]
async fn d12_all_promises_one_after_another() {
    vestibule_web::conformance::all(&memory::Memory::default()).await;
}
