use std::time::Duration;

use anyhow::Result;
use vestibule_dev_idp::{Application, DevIdp};
use vestibule_web::{
    CookieKeys, RelyingParty,
    vestibule::{ClientSecret, OsRandom, Provider},
};

use super::ProviderClock;
use crate::{SessionStore, Settings};

/// How long access tokens live. Short, so that a refresh is soon to be seen.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(60);

/// Makes the application at `url` known to the provider, and the provider to the application. Both go by one clock.
///
/// # Errors
/// When one of them does not like what it is told.
pub fn register(
    idp: &DevIdp,
    client_id: &str,
    url: &str,
    other_app: Option<&str>,
) -> Result<(Settings, RelyingParty)> {
    let settings = settings(idp, client_id, url, other_app)?;
    let relying_party = node(idp, &settings)?;
    Ok((settings, relying_party))
}

/// Makes the application at `url` known to the provider: what each of its nodes needs. Sessions rest in memory.
///
/// # Errors
/// When the provider does not like what it is told.
pub fn settings(idp: &DevIdp, client_id: &str, url: &str, other_app: Option<&str>) -> Result<Settings> {
    let secret = format!("{client_id}-secret");
    idp.register(
        Application::web(client_id, &secret)
            .redirect_uri(format!("{url}/auth/callback"))
            .post_logout_redirect_uri(format!("{url}/auth/logged-out"))
            .backchannel_logout_uri(format!("{url}/auth/backchannel-logout"))
            .access_token_lifetime(ACCESS_TOKEN_LIFETIME),
    )?;
    Ok(Settings {
        issuer: idp.issuer().to_owned(),
        client_id: client_id.to_owned(),
        client_secret: ClientSecret::new(secret),
        base_url: url.to_owned(),
        listen_addr: url.trim_start_matches("http://").to_owned(),
        cookie_keys: CookieKeys::generate(&OsRandom)?,
        session_store: SessionStore::memory(),
        other_app: other_app.map(str::to_owned),
    })
}

/// A node of the application. It goes by the provider's clock.
///
/// # Errors
/// When the settings are no good.
pub fn node(idp: &DevIdp, settings: &Settings) -> Result<RelyingParty> {
    let clock = ProviderClock::new(idp.clock().clone());
    let provider = Provider::builder(&settings.issuer)?.clock(clock).build()?;
    Ok(settings.relying_party(&provider)?)
}
