mod diagnosis;

pub use diagnosis::{Diagnose, Diagnosis, Disposition};
