//! Table G of the security checklist, on every mount: an API and its access tokens. Every refused call is asserted to have
//! its exact code and challenge, to change nothing, and to make no call to the provider but for its keys.

mod challenges;
mod logouts;
mod metadata;
mod requests;
mod support;
mod tokens;
