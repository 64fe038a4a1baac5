//! Table H of the security rules: injected faults, on every mount. Tests are named by their row (`docs/security.md`).

mod provider_down;
mod rollout;
mod store_down;
mod store_slow;
mod workers;
