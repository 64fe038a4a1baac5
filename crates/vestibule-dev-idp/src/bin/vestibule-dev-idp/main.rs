//! The development provider as a program: `vestibule-dev-idp --config apps.toml`.

mod arguments;
mod config;

use std::process::ExitCode;

use self::arguments::{Arguments, HELP, Wish};
use self::config::Config;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Wish::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Wish::Version) => {
            println!("vestibule-dev-idp {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Wish::Run(arguments)) => match run(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

/// Runs until the process is ended.
fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::read(&arguments.config)?;
    let mut builder = config.builder()?;
    if let Some(listen) = &arguments.listen {
        builder = builder.listen(listen);
    }
    let idp = builder.start()?;
    let mut events = idp.events();
    println!("issuer  {}", idp.issuer());
    for application in &config.application {
        println!("client  {}", application.client_id);
    }
    for user in &config.user {
        println!("user    {}", user.login);
    }
    println!();
    while let Some(event) = events.wait() {
        println!("{event}");
    }
    Ok(())
}
