use std::time::Duration;

use anyhow::Result;
use native::Desk;
use vestibule_dev_idp::{Application, Outage};
use vestibule_native::{Login, NativeApp, NativeError, SessionState, vestibule::Diagnose};

async fn signed_in(desk: &Desk) -> Result<NativeApp> {
    let app = desk.app()?;
    app.login(Login::new().in_browser()).await?;
    Ok(app)
}

#[tokio::test]
async fn whoever_just_logged_in_is_live_without_a_call() -> Result<()> {
    let desk = Desk::new("live")?;
    let app = signed_in(&desk).await?;
    let before = desk.idp.requests();
    assert!(matches!(app.session_state().await?, SessionState::Live));
    assert_eq!((desk.idp.requests() - before).back_channel(), 0, "the login was the provider's word");
    Ok(())
}

#[tokio::test]
async fn a_logout_elsewhere_ends_the_session_here_once_the_provider_is_asked() -> Result<()> {
    let desk = Desk::new("gone")?;
    let app = signed_in(&desk).await?;
    desk.idp.end_session_of("alice").wait();
    desk.pass(Duration::from_secs(31));
    let before = desk.idp.requests();
    assert!(matches!(app.session_state().await?, SessionState::Gone));
    assert!(matches!(app.session_state().await?, SessionState::Gone));
    assert_eq!((desk.idp.requests() - before).token, 1, "who is gone is not asked about");
    assert!(matches!(app.access_token().await, Err(NativeError::NotSignedIn)));
    Ok(())
}

#[tokio::test]
async fn the_providers_word_is_taken_for_half_a_minute_by_all() -> Result<()> {
    let desk = Desk::new("believed")?;
    let app = signed_in(&desk).await?;
    desk.pass(Duration::from_secs(31));
    let before = desk.idp.requests();
    let others = [desk.app()?, desk.app()?, app];
    for app in others.iter().chain(&others) {
        assert!(matches!(app.session_state().await?, SessionState::Live));
    }
    assert_eq!((desk.idp.requests() - before).token, 1);
    Ok(())
}

#[tokio::test]
async fn an_outage_ends_nothing() -> Result<()> {
    let desk = Desk::new("offline-state")?;
    let app = signed_in(&desk).await?;
    desk.pass(Duration::from_secs(31));
    desk.idp.go_offline(Outage::Unavailable);
    let SessionState::Offline(why) = app.session_state().await? else { panic!("an outage is no logout") };
    assert_eq!(why.code(), "refresh.unavailable");
    assert_eq!(app.user().await?.name(), "alice");
    app.access_token().await?;
    desk.idp.go_online()?;
    assert!(matches!(app.session_state().await?, SessionState::Live));
    Ok(())
}

#[tokio::test]
async fn a_client_that_the_provider_refuses_is_no_logout() -> Result<()> {
    let desk = Desk::new("client")?;
    let app = signed_in(&desk).await?;
    desk.pass(Duration::from_secs(31));
    desk.idp
        .register(Application::web(Desk::CLIENT, "secret").redirect_uri("https://acme.example/callback"))?;
    assert_eq!(app.session_state().await.unwrap_err().code(), "refresh.client_error");
    assert_eq!(app.user().await?.name(), "alice");
    Ok(())
}
