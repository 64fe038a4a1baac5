use std::{fs, os::unix::fs::symlink};

use tokio::task;
use vestibule::Disposition;

use super::*;
use crate::vault::{
    Distrust,
    tests::{Folder, account},
};

const BRIEF: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn f19_one_holds_and_the_others_are_told_that_it_is_busy() {
    let folder = Folder::new("lock");
    let dir = PrivateDir::open(folder.path()).unwrap();
    let name = LockName::entry(&account("alice"));
    let held = MachineLock::take(&dir, &name, BRIEF).await.unwrap();
    let busy = MachineLock::take(&dir, &name, Duration::from_secs(15)).await.unwrap_err();
    assert_eq!((busy.code(), busy.disposition()), ("refresh.busy", Disposition::Retry));
    // Other accounts, and logins of the same, are not held up.
    for other in [
        LockName::entry(&account("bob")),
        LockName::login("https://op.example", "cli", Some("alice")),
        LockName::login("https://op.example", "cli", None),
    ] {
        MachineLock::take(&dir, &other, Duration::ZERO).await.unwrap();
    }
    drop(held);
    MachineLock::take(&dir, &name, Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn f19_whoever_waits_gets_it_when_it_is_let_go() {
    let folder = Folder::new("lock-waits");
    let dir = PrivateDir::open(folder.path()).unwrap();
    let name = LockName::entry(&account("alice"));
    let held = MachineLock::take(&dir, &name, BRIEF).await.unwrap();
    let waiting = task::spawn({
        let (dir, name) = (dir.clone(), name.clone());
        async move { MachineLock::take(&dir, &name, Duration::MAX).await.map(drop) }
    });
    task::yield_now().await;
    assert!(!waiting.is_finished());
    drop(held);
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn f19_a_file_that_was_left_behind_locks_nobody_out() {
    let folder = Folder::new("lock-stale");
    let dir = PrivateDir::open(folder.path()).unwrap();
    let name = LockName::entry(&account("alice"));
    dir.write(name.as_str(), b"4711").unwrap();
    drop(MachineLock::take(&dir, &name, Duration::ZERO).await.unwrap());
    assert!(dir.path().join(name.as_str()).exists(), "whoever removes a lock lets two hold it");
}

#[tokio::test]
async fn f18_a_lock_that_is_a_link_is_not_opened() {
    let folder = Folder::new("lock-link");
    let dir = PrivateDir::open(folder.path()).unwrap();
    let name = LockName::entry(&account("alice"));
    let path = dir.path().join(name.as_str());
    fs::write(dir.path().join("victim"), "").unwrap();
    symlink(dir.path().join("victim"), &path).unwrap();
    let error = MachineLock::take(&dir, &name, BRIEF).await.unwrap_err();
    assert_eq!(error, LockError::Unusable(VaultError::untrusted(&path, Distrust::Link)));
    assert_eq!(error.code(), "native.store_untrusted");
}

#[test]
fn lock_names_tell_nothing_and_do_not_run_into_each_other() {
    let (one, other) = (LockName::login("ab", "c", None), LockName::login("a", "bc", None));
    assert_ne!(one, other);
    assert!(!LockName::entry(&account("alice")).as_str().contains("alice"));
}
