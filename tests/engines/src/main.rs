//! Sessions on real engines, which the run starts, pauses and kills.
//!
//! `cargo xtask engines` builds and runs this. Logs stay in `target/engines`. Exit code 0 only if every step held.

mod part;

use std::process::ExitCode;

use engines::node::{self, Settings};
use part::Part;
use steps::{interrupted, process, report::Report};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [part::faults::NODE, engine, url] = &*arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        return part::faults::node(engine, url).await.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    if arguments.first().is_some_and(|argument| argument == node::ARGUMENT) {
        return serve().await;
    }
    let parts = match Part::wanted(&arguments) {
        Ok(Some(parts)) => parts,
        Ok(None) => {
            println!("{}", part::help());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error:#}\n\n{}", part::help());
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = process::clear_logs() {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    let mut report = Report::default();
    // Dropping the run, at its end, on a panic or on a signal, ends every process that it started.
    tokio::select! {
        () = part::run(&parts, &mut report) => {}
        () = interrupted() => report.interrupted(),
    }
    report.close()
}

/// As a node, which a part of another run has started.
async fn serve() -> ExitCode {
    let served = async { node::run(Settings::from_env()?).await };
    if let Err(error) = served.await {
        eprintln!("error: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
