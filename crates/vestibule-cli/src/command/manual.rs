use std::io;

use clap::CommandFactory;
use clap_complete::Shell;
use vestibule_cli::Failure;

use super::args::Cli;

pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vestibule", &mut text);
    print(&text)
}

/// One page with every command on it.
pub(crate) fn man() -> Result<(), Failure> {
    let command = Cli::command().flatten_help(true);
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    print(&text)
}

fn print(text: &[u8]) -> Result<(), Failure> {
    use io::Write;
    let mut stdout = io::stdout().lock();
    stdout.write_all(text)?;
    Ok(stdout.flush()?)
}
