//! The life of a session as a user sees it, on every mount.

mod login;
