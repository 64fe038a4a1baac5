use anyhow::Result;
use native::Desk;
use vestibule_dev_idp::Outage;
use vestibule_native::{
    Login, Logout, NativeError, Revoked, SessionState, Surroundings,
    vestibule::{Diagnose, Disposition},
};

#[tokio::test]
async fn f21_a_logout_forgets_here_first_and_then_withdraws_the_tokens() -> Result<()> {
    let desk = Desk::new("logout")?;
    let app = desk.app()?;
    app.login(Login::new().in_browser()).await?;
    let before = desk.idp.requests();
    assert_eq!(desk.sealed_logins()?, 1);
    let farewell = app.logout(Logout::new()).await?;
    assert!(matches!(farewell.revoked, Revoked::Yes) && farewell.leftover.is_none());
    assert_eq!((desk.idp.requests() - before).revoke, 1);
    assert!(matches!(desk.app()?.user().await, Err(NativeError::NotSignedIn)));
    assert!(matches!(app.logout(Logout::new()).await, Err(NativeError::NotSignedIn)), "once is enough");
    assert_eq!(desk.sealed_logins()?, 0);
    Ok(())
}

#[tokio::test]
async fn f21_a_logout_works_while_the_provider_is_down_and_says_so() -> Result<()> {
    for outage in [Outage::Refused, Outage::Unavailable] {
        let desk = Desk::new("offline")?;
        let app = desk.app()?;
        app.login(Login::new().in_browser()).await?;
        desk.idp.go_offline(outage);
        let farewell = app.logout(Logout::new()).await?;
        let Revoked::Offline(why) = farewell.revoked else { panic!("{farewell:?}") };
        assert_eq!(why.disposition(), Disposition::Retry);
        assert!(matches!(app.user().await, Err(NativeError::NotSignedIn)));
        assert!(matches!(app.session_state().await?, SessionState::Gone));
    }
    Ok(())
}

#[tokio::test]
async fn a_logout_in_the_browser_opens_the_providers_page_and_tells_it_no_token() -> Result<()> {
    let desk = Desk::new("everywhere")?;
    let app = desk.app()?;
    app.login(Login::new().in_browser()).await?;
    desk.alice.look_away();
    let farewell = app.logout(Logout::new().in_browser()).await?;
    assert!(matches!(farewell.browser, Some(Ok(()))));
    let page = desk.alice.last_address().unwrap();
    assert!(page.as_str().starts_with(&format!("{}/end_session?", desk.idp.issuer())));
    assert!(!page.as_str().contains("id_token_hint"), "others can read the arguments of a process");
    Ok(())
}

#[tokio::test]
async fn a_logout_in_the_browser_without_a_screen_is_done_here_all_the_same() -> Result<()> {
    let desk = Desk::new("no-screen")?;
    let app = desk.builder()?.surroundings(Surroundings::remote_terminal()).build()?;
    app.login(Login::new().in_browser()).await?;
    let farewell = app.logout(Logout::new().in_browser()).await?;
    assert_eq!(farewell.browser.unwrap().unwrap_err().code(), "native.no_browser");
    assert!(matches!(farewell.revoked, Revoked::Yes));
    assert!(matches!(app.user().await, Err(NativeError::NotSignedIn)));
    Ok(())
}
