//! Table F, in processes of their own.

mod browser;
#[cfg(unix)]
mod machine;
