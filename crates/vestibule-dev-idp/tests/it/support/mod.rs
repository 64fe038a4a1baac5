//! A provider, a browser, and applications that listen for logout tokens.

mod answer;
mod application;
mod world;

pub(crate) use self::answer::{Answer, claims, header};
pub(crate) use self::application::Listener;
pub(crate) use self::world::{
    Authorization, CLI, NONCE, NOW, SPA, SPA_ORIGIN, Tokens, VERIFIER, World, application, browser, cli,
    post_logout_redirect_uri, redirect_uri, secret, spa,
};
