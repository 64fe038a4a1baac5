//! Engines that the tests start, pause and kill.

pub mod postgres;

pub use postgres::Postgres;
