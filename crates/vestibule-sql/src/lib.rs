//! Sessions on PostgreSQL and SQLite.
