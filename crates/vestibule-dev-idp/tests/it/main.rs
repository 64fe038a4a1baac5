//! The development provider, seen from outside: by a browser, by applications, and by `openidconnect`'s verifier.

mod binary;
mod cors;
mod device;
mod drafts;
mod faulty_answers;
mod faulty_logout;
mod faulty_tokens;
mod logout;
mod native;
mod oracle;
mod refresh;
mod service;
mod setup;
mod sign_in;
mod spa;
mod strictness;
mod support;
