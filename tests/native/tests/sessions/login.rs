use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Result;
use native::Desk;
use url::Url;
use vestibule_dev_idp::{DiscoveryFault, Misbehaviour};
use vestibule_native::{
    Browser, BrowserError, Cancel, Login, LoginEvent, NativeError, NoBrowser, StoreKind, StorePolicy,
    vestibule::{Diagnose, Disposition},
};

#[tokio::test]
async fn a_login_brings_a_user_and_tokens_and_is_still_there_in_the_next_process() -> Result<()> {
    let desk = Desk::new("login")?;
    let user = desk.app()?.login(Login::new().in_browser().scopes(["profile", "email"])).await?;
    assert_eq!((user.name(), user.email()), ("alice", Some("alice@acme.example")));
    assert_eq!(user.account().issuer, desk.idp.issuer());

    // Another application value stands for another process.
    let next = desk.app()?;
    assert_eq!(next.user().await?, user);
    let before = desk.idp.requests();
    let token = next.access_token().await?;
    assert_eq!(next.access_token().await?, token);
    assert_eq!((desk.idp.requests() - before).back_channel(), 0, "a token that lasts costs no call");
    Ok(())
}

#[tokio::test]
async fn whoever_is_signed_in_at_the_provider_is_asked_nothing() -> Result<()> {
    let desk = Desk::new("sso")?;
    let app = desk.app()?;
    app.login(Login::new().in_browser()).await?;
    app.login(Login::new().in_browser()).await?;
    assert_eq!((desk.alice.tabs(), desk.alice.prompts()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn f09_a_login_that_nobody_finishes_ends_in_time_and_is_forgotten() -> Result<()> {
    let desk = Desk::new("timeout")?;
    desk.alice.look_away();
    let app = desk.app()?;
    let login = Login::new().in_browser().timeout(Duration::from_millis(200));
    let error = app.login(login).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("native.timeout", Disposition::Retry));
    assert_eq!(desk.idp.requests().token, 0);
    assert_eq!(app.user().await.unwrap_err().code(), "native.not_signed_in");

    // Port and lock are free: the next login goes through.
    desk.alice.look();
    app.login(Login::new().in_browser()).await?;
    Ok(())
}

#[tokio::test]
async fn f09_a_login_that_is_called_off_or_dropped_holds_nothing() -> Result<()> {
    let desk = Desk::new("cancel")?;
    desk.alice.look_away();
    let app = desk.app()?;
    let cancel = Cancel::new();
    let on_event = {
        let cancel = cancel.clone();
        move |_| cancel.cancel()
    };
    let login = Login::new().in_browser().cancelled_by(&cancel).on_event(on_event);
    assert_eq!(app.login(login).await.unwrap_err().code(), "native.cancelled");

    let dropped =
        tokio::time::timeout(Duration::from_millis(200), app.login(Login::new().in_browser())).await;
    assert!(dropped.is_err());
    desk.alice.look();
    app.login(Login::new().in_browser()).await?;
    Ok(())
}

#[tokio::test]
async fn f12_an_endpoint_that_is_no_page_reaches_no_browser() -> Result<()> {
    let desk = Desk::new("hostile")?;
    let hostile = DiscoveryFault::Member("authorization_endpoint".to_owned(), "file:///etc/passwd".into());
    desk.idp.misbehave(Misbehaviour::Discovery(hostile));
    let error = desk.app()?.login(Login::new().in_browser()).await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Config, "{error}");
    assert_eq!(desk.alice.tabs(), 0);
    Ok(())
}

#[tokio::test]
async fn f13_an_address_is_told_when_no_browser_is_wanted_and_an_error_when_nobody_hears_it() -> Result<()> {
    let desk = Desk::new("printed")?;
    let app = desk.app()?;
    let error = app.login(Login::new().without_browser()).await.unwrap_err();
    assert_eq!(error.code(), "native.no_browser");

    let alice = desk.alice.clone();
    let told = move |event| {
        if let LoginEvent::NoBrowser(visit, NoBrowser::Asked) = event {
            let alice = alice.clone();
            tokio::spawn(async move { alice.visit(visit.url()).await });
        }
    };
    let user = app.login(Login::new().without_browser().on_event(told)).await?;
    assert_eq!((user.name(), desk.alice.tabs(), desk.alice.prompts()), ("alice", 0, 1));
    Ok(())
}

/// A launcher that finds no browser.
#[derive(Debug)]
struct NoneInstalled;

impl Browser for NoneInstalled {
    fn open(&self, _: &Url) -> Result<(), BrowserError> {
        Err(BrowserError::Unavailable)
    }
}

#[tokio::test]
async fn f13_where_no_browser_opens_the_address_is_told_and_good() -> Result<()> {
    let desk = Desk::new("none-installed")?;
    let app = desk.builder()?.browser(NoneInstalled).build()?;
    let error = app.login(Login::new()).await.unwrap_err();
    assert_eq!((error.code(), desk.idp.requests().token), ("native.no_browser", 0));

    let alice = desk.alice.clone();
    let told = move |event| {
        if let LoginEvent::NoBrowser(visit, NoBrowser::Failed(BrowserError::Unavailable)) = event {
            let alice = alice.clone();
            tokio::spawn(async move { alice.visit(visit.url()).await });
        }
    };
    let user = app.login(Login::new().on_event(told)).await?;
    assert_eq!((user.name(), desk.alice.tabs(), desk.alice.prompts()), ("alice", 0, 1));
    Ok(())
}

#[tokio::test]
async fn f17_a_store_that_keeps_nothing_is_found_out_before_anything_is_asked() -> Result<()> {
    let desk = Desk::new("probe")?;
    std::fs::write(&desk.folder, "a file where the folder should be")?;
    let error = desk.app()?.login(Login::new().in_browser()).await.unwrap_err();
    assert_eq!(error.code(), "native.store_unavailable", "{error}");
    assert_eq!((desk.alice.tabs(), desk.idp.requests().back_channel()), (0, 0));
    std::fs::remove_file(&desk.folder)?;
    Ok(())
}

#[tokio::test]
async fn what_happens_is_told_in_order_and_without_secrets() -> Result<()> {
    let desk = Desk::new("events")?;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let app = desk.builder()?.store(StorePolicy::MemoryOnly).build()?;
    app.login(Login::new().in_browser().on_event(move |event| heard.lock().unwrap().push(event))).await?;

    let told = told.lock().unwrap();
    let [LoginEvent::Browser(visit), LoginEvent::Answered, LoginEvent::Kept(StoreKind::Memory)] =
        told.as_slice()
    else {
        panic!("{told:?}");
    };
    let state = visit.url().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(!format!("{told:?}{app:?}").contains(&state));
    Ok(())
}

#[tokio::test]
async fn nobody_is_signed_in_before() -> Result<()> {
    let app = Desk::new("nobody")?.app()?;
    assert!(matches!(app.user().await, Err(NativeError::NotSignedIn)));
    assert!(matches!(app.access_token().await, Err(NativeError::NotSignedIn)));
    assert!(app.accounts().await?.is_empty());
    Ok(())
}
