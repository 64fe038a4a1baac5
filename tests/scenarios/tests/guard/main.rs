//! Guarded places: rights, and logins that must be stronger or newer.

mod limits;
mod modes;
mod rights;
mod sources;
mod step_up;
mod step_up_refused;
