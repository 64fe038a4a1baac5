//! Log in from a terminal, and get tokens for scripts.

mod command;

fn main() -> std::process::ExitCode {
    command::main()
}
