//! The life of a session as a user sees it, on every mount.

mod cluster;
mod forms;
mod login;
mod logout;
mod outage;
mod pages;
mod provisioning;
mod refresh;
