use serde_json::json;
use vestibule_cli::{Failure, Terminal};

use super::{
    app::Folders,
    args::{Common, TokenArgs},
};

/// Prints the token because that is what the command was asked for.
pub(crate) async fn token(
    terminal: Terminal,
    folders: &Folders,
    common: &Common,
    args: &TokenArgs,
) -> Result<(), Failure> {
    let (_, app) = folders.app(common)?;
    let token = app.access_token_for(args.min_valid).await?;
    if terminal.is_json() {
        terminal.json_data(&json!({ "access_token": token.expose(), "token_type": "Bearer" }))?;
    } else {
        terminal.data(token.expose())?;
    }
    Ok(())
}
