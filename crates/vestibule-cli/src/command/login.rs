use serde_json::json;
use vestibule_cli::{Failure, Terminal};
use vestibule_native::Login;

use super::{
    app::Folders,
    args::{Common, LoginArgs},
};

pub(crate) async fn login(
    terminal: Terminal,
    folders: &Folders,
    common: &Common,
    args: LoginArgs,
) -> Result<(), Failure> {
    let (mut application, app) = folders.app(common)?;
    if !args.scopes.is_empty() {
        application.scopes = args.scopes;
    }
    let mut login = Login::new().timeout(args.timeout);
    if !application.scopes.is_empty() {
        login = login.scopes(&application.scopes);
    }
    if let Some(hint) = args.hint.or_else(|| common.account.clone()) {
        login = login.hint(hint);
    }
    if args.device {
        login = login.on_another_device();
    } else if args.no_browser {
        login = login.without_browser();
    }
    let user = terminal.login(&app, login).await?;
    if let Err(error) = folders.settings.remember(&application) {
        terminal.say(format_args!("The application could not be remembered ({error}): name it with flags."));
    }
    if terminal.is_json() {
        let account = user.account();
        terminal.json_data(&json!({
            "issuer": account.issuer,
            "client_id": account.client_id,
            "subject": account.subject,
            "name": user.name(),
            "email": user.email(),
        }))?;
    }
    Ok(())
}
