//! A relying party of Vestibule: with its sessions in the memory store, or sealed in cookies.

use std::env;

use anyhow::{Result, bail};
use vestibule_web::{
    CookieKeys, MemoryStore, RelyingParty,
    vestibule::{ClientSecret, OsRandom, Provider},
};

use crate::Task;

/// The relying party that the command line names: `stored` or `sealed`. Either hears of logouts by back channel.
///
/// # Errors
/// When it names neither, or the relying party cannot be had.
pub fn relying_party(task: &Task) -> Result<RelyingParty> {
    let provider = Provider::new(&task.issuer)?;
    let client = provider.web_app(&task.client_id, ClientSecret::new(&task.client_secret));
    let builder = RelyingParty::builder(client, task.base_url());
    let keys = CookieKeys::generate(&OsRandom)?;
    let store = MemoryStore::new();
    Ok(match env::args().nth(1).as_deref() {
        Some("stored") => builder.stored_sessions(store, keys).build()?,
        Some("sealed") => builder.sealed_sessions(keys).backchannel_logout(store).build()?,
        _ => bail!("say `stored` or `sealed`"),
    })
}
