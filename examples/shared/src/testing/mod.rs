//! Applications beside a development provider, and a browser without a screen.

mod browser;
mod clock;
mod register;
mod stage;

pub use browser::{Browser, Page};
pub use clock::ProviderClock;
pub use register::{ACCESS_TOKEN_LIFETIME, node, register, settings};
pub use stage::Stage;
