//! What an operator sees of it: metrics by exact name, label and count, events by name, and the lists of both.

mod clocks;
mod documented;
mod logins;
mod logouts;
mod store;
mod tokens;
