//! The protocol client against a provider in memory: every refused answer has its exact code, and caused exactly the
//! calls that its row of the security checklist allows.

mod authentication;
mod authorization;
mod backchannel_origin;
mod callback;
mod client_assertion;
mod code_exchange;
mod conformance;
mod device;
mod device_answers;
mod device_pace;
mod discovery;
mod end_session;
mod endpoints;
mod introspection;
mod issuer_quirks;
mod metadata_cache;
mod native;
mod native_redirects;
mod pending;
mod refresh;
mod refreshed_id_token;
mod resource_server;
mod revocation;
mod scalekit;
mod secrets;
mod service;
mod stored_tokens;
mod support;
mod token_source;
mod two_secrets;
mod user_info;
