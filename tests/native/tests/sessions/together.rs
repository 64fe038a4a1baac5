use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;
use native::Desk;
use tokio::task::JoinSet;
use vestibule_native::{Login, LoginEvent, vestibule::Prompt};

/// Fifty, each as another process would: with an application value, a vault and locks of its own.
#[tokio::test]
async fn fifty_logins_at_once_open_one_tab_and_share_what_comes_of_it() -> Result<()> {
    let desk = Desk::new("together")?;
    desk.alice.look_away();
    let waiting = Arc::new(AtomicUsize::new(0));
    let mut logins = JoinSet::new();
    for _ in 0..50 {
        let (app, alice, waiting) = (desk.app()?, desk.alice.clone(), Arc::clone(&waiting));
        let login = Login::new().in_browser().on_event(move |event| {
            // Alice looks when the other forty-nine wait.
            if matches!(event, LoginEvent::Elsewhere) && waiting.fetch_add(1, Ordering::SeqCst) == 48 {
                alice.look();
            }
        });
        logins.spawn(async move { app.login(login).await });
    }
    let users = logins.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(users.len(), 50);
    assert!(users.iter().all(|user| user.name() == "alice"));
    assert_eq!((desk.alice.tabs(), desk.idp.requests().token), (1, 1));
    assert_eq!(waiting.load(Ordering::SeqCst), 49);
    Ok(())
}

#[tokio::test]
async fn logins_that_ask_for_more_share_nothing() -> Result<()> {
    let desk = Desk::new("more")?;
    desk.alice.look_away();
    let (one, other) = (desk.app()?, desk.app()?);
    let strict = || {
        let alice = desk.alice.clone();
        Login::new().in_browser().adjust(|request| request.prompt(Prompt::Login)).on_event(move |event| {
            if matches!(event, LoginEvent::Elsewhere) {
                alice.look();
            }
        })
    };
    let (first, second) = tokio::join!(one.login(strict()), other.login(strict()));
    assert_eq!((first?.name(), second?.name()), ("alice", "alice"));
    assert_eq!((desk.alice.tabs(), desk.alice.prompts()), (2, 2), "each was asked");
    Ok(())
}
