//! Table D of the security rules: sessions and cookies, on every mount. Tests are named by their row
//! (`docs/security.md`).

mod at_rest;
mod caching;
mod cookie_reading;
mod cookie_writing;
mod forged_identity;
mod lifetimes;
mod logout_scopes;
mod refusals;
mod secrets;
