//! The `vestibule` command.

mod accounts;
mod app;
mod args;
mod login;
mod logout;
mod manual;
mod settings;
mod token;
mod whoami;

use std::process::ExitCode;

use clap::Parser;
use vestibule_cli::{Terminal, run};

use self::{
    app::Folders,
    args::{Cli, Command},
};

pub(crate) fn main() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    let terminal = Terminal::new().quiet(common.quiet).json(common.json);
    run(terminal, async {
        let folders = Folders::of_this_user()?;
        match command {
            Command::Login(args) => login::login(terminal, &folders, &common, args).await,
            Command::Token(args) => token::token(terminal, &folders, &common, &args).await,
            Command::Whoami => whoami::whoami(terminal, &folders, &common).await,
            Command::Logout(args) => logout::logout(terminal, &folders, &common, &args).await,
            Command::Accounts => accounts::accounts(terminal, &folders, &common).await,
            Command::Completions { shell } => manual::completions(shell),
            Command::Man => manual::man(),
        }
    })
}
