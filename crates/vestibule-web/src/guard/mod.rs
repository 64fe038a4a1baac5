//! Who may go where: requirements, and how they are judged.

pub(crate) mod demand;
mod judgement;
mod requirement;
mod step_up;

pub use judgement::Judgement;
pub use requirement::Requirement;
pub use step_up::StepUp;

/// A requirement with a name in the type system, for the extractor `Guarded` of the adapters.
///
/// ```
/// use std::time::Duration;
/// use vestibule_web::{Guard, Requirement};
///
/// struct CanBill;
///
/// impl Guard for CanBill {
///     fn requirement() -> Requirement {
///         Requirement::permission("invoices:write").and(Requirement::fresh(Duration::from_secs(600)))
///     }
/// }
/// ```
pub trait Guard {
    /// What a user must have.
    fn requirement() -> Requirement;
}
