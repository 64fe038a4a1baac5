//! Logging in, staying in and going, against the development provider.

mod accounts;
mod blocking;
mod device;
mod login;
mod logout;
mod state;
mod together;
