//! Sessions that are sealed in cookies, on every mount. Tests are named by the rule that they show
//! (`docs/security.md`).

mod attacks;
mod chunks;
mod data;
mod keys;
mod late_answers;
mod lifetimes;
mod logout;
mod outages;
mod story;
mod support;
