//! Table C of the security rules: the authorization request and its answer, on every mount. Tests are named by their
//! row (`docs/security.md`).

mod answers;
mod attempt;
mod callback_parameters;
mod code_exchange;
mod code_injection;
mod configuration;
mod form_post;
mod identity_of_the_session;
mod idp_errors;
mod initiation;
mod issuer;
mod pending_cookie;
mod pkce;
mod return_to;
mod sealed_ways_in;
mod several_providers;
mod several_tabs;
mod silent_login;
mod state;
