//! A small world for tests of the session engine and its adapters: an OpenID Provider in memory, applications on
//! every mount, browsers with cookie jars, one clock that stands still.
//!
//! Nothing here opens a socket, sleeps, or draws a number that is not seeded: two worlds that are told the same
//! answer the same, byte for byte, whatever framework the application is mounted on.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! use scenarios::{Axum, World};
//!
//! let world = World::new(&Axum).await;
//! let alice = world.login("alice").await;
//! assert_eq!(alice.page(&world, "/me").await.text(), "only for you, alice");
//! # }
//! ```
//!
//! A world that is dropped checks that no secret of its own went where it does not belong: see [`leaks`].
//!
//! The tests lie in `tests/`, a binary for each subject. One that stands for a security rule is named by it
//! (`c06_wrong_iss`); `cargo xtask rules` counts them by table, and this lists what runs for table C on every mount:
//!
//! ```text
//! cargo test -p scenarios -- --list | grep -E '(^|::)c[0-9]{2}_.*: test$'
//! ```

mod answer;
pub mod browser;
pub mod crash;
mod handler;
pub mod leaks;
pub mod meter;
pub mod mount;
mod node;
pub mod provider;
mod record;
mod several;
mod site;
pub mod state;
pub mod trace;
mod transcript;
mod world;

pub use answer::Answer;
pub use browser::{Browser, Request};
pub use mount::{Actix, Axum, Bare, Mount};
pub use node::Node;
pub use provider::{Call, Calls, IdentityProvider};
pub use several::GLOBEX;
pub use state::{Snapshot, State};
pub use transcript::Exchange;
pub(crate) use transcript::Transcript;
pub use world::{API, DASHBOARD, DOCS, Sessions, Setup, World, cookie_key};
