//! Guarded places: rights, and logins that must be stronger or newer.

mod rights;
mod step_up;
mod step_up_refused;
