mod config;
mod diagnosis;

pub use config::ConfigError;
pub use diagnosis::{Diagnose, Diagnosis, Disposition};
