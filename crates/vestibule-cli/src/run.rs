use std::{future::Future, process::ExitCode, time::Duration};

use vestibule_native::{NativeError, WaitError, settled};

use crate::{Exit, Failure, Terminal};

/// Runs a command to its end: on a runtime of its own, with its error told on stderr, until Ctrl-C.
///
/// What Ctrl-C interrupts is dropped, and everything that it held is free again: a port, a lock, secrets in memory. A refresh
/// that the provider was asked for already is brought to its end before, for its answer is the only token that is left; who
/// cannot wait presses Ctrl-C again.
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
        let outcome = runtime.block_on(async {
            let outcome = until_interrupted(command).await;
            tokio::select! {
                _ = tokio::time::timeout(LONGEST_REFRESH, settled()) => {}
                Ok(()) = tokio::signal::ctrl_c() => {}
            }
            outcome
        });
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

/// As long as a call to the provider, and the store after it, can last.
const LONGEST_REFRESH: Duration = Duration::from_secs(20);

async fn until_interrupted(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        outcome = command => outcome,
        Ok(()) = tokio::signal::ctrl_c() => Err(NativeError::from(WaitError::Cancelled).into()),
    }
}
