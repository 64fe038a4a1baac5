use vestibule_cli::{Failure, Terminal};
use vestibule_native::{Farewell, Logout, NativeApp, NativeError, Revoked};

use super::{
    app::Folders,
    args::{Common, LogoutArgs},
};

pub(crate) async fn logout(
    terminal: Terminal,
    folders: &Folders,
    common: &Common,
    args: &LogoutArgs,
) -> Result<(), Failure> {
    let (_, app) = folders.app(common)?;
    let apps = if args.all { every_account(&app).await? } else { vec![app] };
    let mut incomplete = None;
    for (place, app) in apps.iter().enumerate() {
        // The provider's page ends the session for all of them at once.
        let in_browser = args.browser && place == 0;
        let farewell =
            app.logout(if in_browser { Logout::new().in_browser() } else { Logout::new() }).await?;
        tell(terminal, &farewell);
        incomplete = incomplete.or(shortfall(farewell));
    }
    incomplete.map_or(Ok(()), |error| Err(error.into()))
}

async fn every_account(app: &NativeApp) -> Result<Vec<NativeApp>, Failure> {
    let accounts = app.accounts().await?;
    if accounts.is_empty() {
        return Err(NativeError::NotSignedIn.into());
    }
    Ok(accounts.iter().map(|known| app.for_account(&known.account.subject)).collect())
}

fn tell(terminal: Terminal, farewell: &Farewell) {
    let at_provider = match &farewell.revoked {
        Revoked::Yes => "Its tokens were withdrawn.",
        Revoked::Offline(_) => "The provider is out of reach: the tokens there end by themselves.",
        Revoked::NotOffered if farewell.leftover.is_some() => {
            "Its tokens could not be read to withdraw them: they end by themselves."
        }
        Revoked::Refused(_) => "The provider did not withdraw the tokens: they end by themselves.",
        _ => "The provider withdraws no tokens: they end by themselves.",
    };
    let Farewell { name, account, .. } = farewell;
    terminal.done(format_args!("Signed out {name} at {}. {at_provider}", account.issuer));
    if let Some(Ok(())) = farewell.browser {
        terminal.say("Your browser shows the provider's page for signing out everywhere.");
    }
}

/// What was asked for and did not happen. That the provider is out of reach is no failure: here, it is done.
fn shortfall(farewell: Farewell) -> Option<NativeError> {
    farewell.leftover.map(NativeError::from).or(farewell.browser.and_then(Result::err))
}
