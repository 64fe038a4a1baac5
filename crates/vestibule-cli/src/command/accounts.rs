use serde_json::json;
use vestibule_cli::{Failure, Terminal};
use vestibule_native::AccountInfo;

use super::{app::Folders, args::Common};

/// Lists the accounts of the application that is named, or of all that were signed in to.
pub(crate) async fn accounts(terminal: Terminal, folders: &Folders, common: &Common) -> Result<(), Failure> {
    let is_named = common.profile.is_some() || common.issuer.is_some() || common.client_id.is_some();
    let applications = if is_named {
        vec![folders.settings.application(common).map_err(Failure::diagnosed)?]
    } else {
        folders.settings.remembered()
    };
    let mut known = Vec::new();
    for application in &applications {
        known.extend(folders.open(application)?.accounts().await?);
    }
    if terminal.is_json() {
        terminal.json_data(&json!(known))?;
    } else if known.is_empty() {
        terminal.say("Nobody is signed in.");
    } else {
        terminal.data(table(&known))?;
    }
    Ok(())
}

/// One account a line; a star marks the one that is used when none is named.
fn table(known: &[AccountInfo]) -> String {
    let width = known.iter().map(|known| known.label.chars().count()).max().unwrap_or_default();
    let lines = known.iter().map(|known| {
        let mark = if known.current { '*' } else { ' ' };
        format!("{mark} {:width$}  {}  {}", known.label, known.account.issuer, known.account.client_id)
    });
    lines.collect::<Vec<_>>().join("\n")
}
