use anyhow::Result;
use native::Desk;
use vestibule_native::{
    Login, Logout,
    vestibule::{Diagnose, Prompt},
};

#[tokio::test]
async fn accounts_stand_side_by_side_and_the_last_one_is_meant() -> Result<()> {
    let desk = Desk::new("accounts")?;
    let app = desk.app()?;
    app.login(Login::new().in_browser()).await?;
    let bob = desk.person("bob");
    let bobs = desk.app_of(&bob)?;
    let anew = Login::new().in_browser().adjust(|request| request.prompt(Prompt::SelectAccount));
    bobs.login(anew).await?;

    let known = app.accounts().await?;
    let labels: Vec<_> = known.iter().map(|known| (known.label.as_str(), known.current)).collect();
    assert_eq!(labels, [("alice", false), ("bob", true)]);
    assert_eq!(app.user().await?.name(), "bob");
    assert_eq!(app.for_account("alice").user().await?.name(), "alice");
    assert_ne!(app.access_token().await?, app.for_account("alice").access_token().await?);
    assert_eq!(app.for_account("carol").user().await.unwrap_err().code(), "native.not_signed_in");

    app.for_account("alice").logout(Logout::new()).await?;
    assert_eq!(app.user().await?.name(), "bob", "whoever else is signed in stays");
    assert_eq!(app.accounts().await?.len(), 1);
    Ok(())
}
