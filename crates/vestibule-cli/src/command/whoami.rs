use serde_json::json;
use vestibule_cli::{Failure, Terminal};
use vestibule_native::{NativeError, SessionState, User};

use super::{app::Folders, args::Common};

/// Says who is signed in, whether or not the provider can be asked; which of them, the exit code tells.
pub(crate) async fn whoami(terminal: Terminal, folders: &Folders, common: &Common) -> Result<(), Failure> {
    let (_, app) = folders.app(common)?;
    let user = app.user().await?;
    let (state, outcome) = match app.session_state().await? {
        SessionState::Live => ("live", Ok(())),
        SessionState::Offline(why) => ("offline", Err(why.into())),
        _ => return Err(NativeError::NotSignedIn.into()),
    };
    if terminal.is_json() {
        let account = user.account();
        terminal.json_data(&json!({
            "issuer": account.issuer,
            "client_id": account.client_id,
            "subject": account.subject,
            "name": user.name(),
            "email": user.email(),
            "session": state,
        }))?;
    } else {
        terminal.data(describe(&user))?;
    }
    outcome
}

fn describe(user: &User) -> String {
    let account = user.account();
    let mut lines = vec![user.name().to_owned()];
    lines.extend(
        user.email().filter(|email| *email != user.name()).map(|email| format!("  email    {email}")),
    );
    lines.push(format!("  subject  {}", account.subject));
    lines.push(format!("  at       {}", account.issuer));
    lines.push(format!("  as       {}", account.client_id));
    lines.join("\n")
}
