//! The development provider, seen from outside: by a browser, by applications, and by `openidconnect`'s verifier.

mod logout;
mod oracle;
mod refresh;
mod sign_in;
mod support;
