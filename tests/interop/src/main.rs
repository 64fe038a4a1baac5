//! The example applications, as processes of their own, against OpenID Providers that we did not write.
//!
//! `cargo xtask interop` builds the applications and runs this. Logs and installed packages stay in
//! `target/interop`. Exit code 0 only if every step held.

mod application;
mod browser;
mod chromium;
mod clients;
mod command;
mod form;
mod npm;
mod probe;
mod provider;
mod relay;
mod scenario;
mod screen;
mod stage;

use std::process::ExitCode;

use report::Report;
use steps::{interrupted, process, report};

const HELP: &str = "\
The example applications against OpenID Providers that we did not write, all on loopback.

Usage: cargo xtask interop [PART...]

Parts, all of them unless some are named:
  oidc-provider  web applications at the provider from npm; needs Node.js 20 or newer and npm
  keycloak       web applications at the one from Maven Central; needs Java 17 or newer and Maven
  native         native applications at both; needs Chromium, Xvfb, xdotool and ImageMagick too

What it downloads is kept in target/interop; logs are there too.";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named = match Named::read(&arguments) {
        Ok(Some(named)) => named,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(unknown) => {
            eprintln!("unknown argument `{unknown}`\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::default();
    if let Err(error) = process::clear_logs() {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    // Dropping the run, at its end, on a panic or on a signal, ends every process that it started.
    tokio::select! {
        () = named.run(&mut report) => {}
        () = interrupted() => report.interrupted(),
    }
    report.close()
}

/// What to run.
#[derive(Debug, Clone, Copy)]
struct Named {
    oidc_provider: bool,
    keycloak: bool,
    native: bool,
}

impl Named {
    /// `None`: help is wanted. An argument that nobody knows is the error.
    fn read(arguments: &[String]) -> Result<Option<Self>, &str> {
        let all = arguments.is_empty();
        let mut named = Self { oidc_provider: all, keycloak: all, native: all };
        for argument in arguments {
            match argument.as_str() {
                "oidc-provider" => named.oidc_provider = true,
                "keycloak" => named.keycloak = true,
                "native" => named.native = true,
                "--help" | "-h" => return Ok(None),
                unknown => return Err(unknown),
            }
        }
        Ok(Some(named))
    }

    /// Each by itself: one that fails does not keep the others from being tried.
    async fn run(self, report: &mut Report) {
        if self.oidc_provider {
            let _ = scenario::oidc_provider::run(report).await;
        }
        if self.keycloak {
            let _ = scenario::keycloak::run(report).await;
        }
        if self.native {
            let _ = scenario::native::run(report).await;
        }
    }
}
