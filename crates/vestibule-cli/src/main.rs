//! Log in from a terminal, and get tokens for scripts.

fn main() {}
