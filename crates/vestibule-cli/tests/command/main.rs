//! The command as its users have it: a process with arguments, an environment, two outputs and an exit code.

#![cfg(unix)]

mod device;
mod exits;
mod leaks;
mod story;
mod world;
