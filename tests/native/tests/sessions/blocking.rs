use std::thread;

use anyhow::Result;
use native::Desk;
use vestibule_native::{Login, Logout, SessionState, vestibule::Diagnose};

/// No runtime here: this is what a window's code looks like.
#[test]
fn a_window_without_a_runtime_logs_in_stays_in_and_leaves() -> Result<()> {
    let desk = Desk::new("blocking")?;
    let app = desk.app()?.blocking()?;
    assert_eq!(app.user().unwrap_err().code(), "native.not_signed_in");
    assert_eq!(app.login(Login::new().in_browser())?.name(), "alice");
    assert_eq!(app.accounts()?.len(), 1);

    let tokens: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn({
                let app = app.clone();
                move || app.access_token().map_err(|error| error.code())
            })
        })
        .map(|thread| thread.join().unwrap())
        .collect();
    assert!(tokens.iter().all(|token| token.is_ok() && *token == tokens[0]));

    assert!(matches!(app.session_state()?, SessionState::Live));
    app.logout(Logout::new())?;
    assert!(matches!(app.session_state()?, SessionState::Gone));
    Ok(())
}
