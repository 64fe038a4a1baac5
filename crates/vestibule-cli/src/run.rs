use std::{future::Future, process::ExitCode};

use vestibule_native::{NativeError, WaitError};

use crate::{Exit, Failure, Terminal};

/// Runs a command to its end: on a runtime of its own, with its error told on stderr, until Ctrl-C.
///
/// What Ctrl-C interrupts is dropped, and everything that it held is free again: a port, a lock, secrets in memory.
///
/// ```
/// use vestibule_cli::{Terminal, run};
///
/// let terminal = Terminal::new();
/// let exit = run(terminal, async {
///     terminal.say("nothing to do");
///     Ok(())
/// });
/// # let _ = exit;
/// ```
pub fn run(terminal: Terminal, command: impl Future<Output = Result<(), Failure>>) -> ExitCode {
    let outcome = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::from);
    let outcome = outcome.and_then(|runtime| {
        let outcome = runtime.block_on(until_interrupted(command));
        // A store that hangs must not keep the command from ending.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            terminal.fail(&failure);
            failure.exit().into()
        }
    }
}

async fn until_interrupted(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        outcome = command => outcome,
        Ok(()) = tokio::signal::ctrl_c() => Err(NativeError::from(WaitError::Cancelled).into()),
    }
}
