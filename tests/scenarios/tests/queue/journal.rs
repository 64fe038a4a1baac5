//! Processes that are stopped between the 400 and the landing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scenarios::{Bare, DASHBOARD, Mount, World, on_every_mount, trace};
use tempfile::{TempDir, tempdir};
use vestibule::{
    ClientSecret,
    testing::{SeededRandom, TestProvider},
};
use vestibule_web::{ConfigError, CookieKeys, MemoryStore, RelyingParty};

use crate::support::{hear, hear_in_vain, is_in, land, refuse, token_for};

on_every_mount! {
    bm08_a_process_that_was_killed_goes_on_where_it_was
    bm08_what_has_landed_is_struck_off
}

fn journal() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let journal = folder.path().join("a").join("journal");
    (folder, journal)
}

async fn world_with(mount: &'static dyn Mount, journal: &Path) -> World {
    let journal = journal.to_owned();
    World::with(mount, move |rp| rp.logout_journal(journal.clone())).await
}

fn files(journal: &Path) -> Vec<PathBuf> {
    fs::read_dir(journal).unwrap().map(|file| file.unwrap().path()).collect()
}

/// The next process refuses the session before it has asked the store for anything.
async fn bm08_a_process_that_was_killed_goes_on_where_it_was(mount: &'static dyn Mount) -> World {
    let (_folder, journal) = journal();
    let world = world_with(mount, &journal).await;
    let alice = world.login("alice").await;
    refuse(&world, 10);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert_eq!(files(&journal).len(), 1, "on disk before the answer");
    let next = world.second_node().await;
    assert!(!is_in(&alice, &next).await);
    assert_eq!(world.state().await.sessions.len(), 1, "the store knows nothing yet");
    alice.log_in(&next).await;
    land().await;
    land().await;
    assert!(is_in(&alice, &next).await, "the moment that counts is the first");
    assert_eq!(world.state().await.sessions.len(), 1);
    assert!(files(&journal).is_empty());
    assert!(world.state().await.changes.contains("Revoked"));
    world
}

async fn bm08_what_has_landed_is_struck_off(mount: &'static dyn Mount) -> World {
    let (_folder, journal) = journal();
    let world = world_with(mount, &journal).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let [of_alice, of_bob] = [token_for(&world, "alice"), token_for(&world, "bob")];
    refuse(&world, 2);
    hear_in_vain(&world, &of_alice).await;
    hear_in_vain(&world, &of_bob).await;
    assert_eq!(files(&journal).len(), 2);
    assert_eq!(hear(&world, &of_bob).await.status, 200);
    assert_eq!(files(&journal).len(), 1, "the provider sent it again");
    land().await;
    assert!(files(&journal).is_empty());
    for browser in [&alice, &bob] {
        assert!(!is_in(browser, &world).await);
    }
    world
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn bm08_nobody_else_reads_the_journal() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, journal) = journal();
    let world = world_with(&Bare, &journal).await;
    world.login("alice").await;
    refuse(&world, 1);
    let token = token_for(&world, "alice");
    hear_in_vain(&world, &token).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&journal), 0o700);
    let [file] = &files(&journal)[..] else { panic!("one file") };
    assert_eq!(mode(file), 0o600);
    let content = fs::read(file).unwrap();
    assert!(!content.windows(5).any(|bytes| bytes == b"alice"));
    assert!(!content.windows(20).any(|bytes| token.as_bytes().windows(20).any(|part| part == bytes)));
}

#[tokio::test(start_paused = true)]
async fn bm08_a_damaged_file_is_told_about_and_keeps_nobody_out() {
    let (_folder, journal) = journal();
    let world = world_with(&Bare, &journal).await;
    let alice = world.login("alice").await;
    refuse(&world, 20);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    fs::write(journal.join("garbage.logout"), b"garbage").unwrap();
    fs::write(journal.join("huge.logout"), vec![1; 1 << 20]).unwrap();
    fs::write(journal.join("half.unfinished"), b"").unwrap();
    fs::write(journal.join("README"), b"not ours").unwrap();
    fs::create_dir(journal.join("folder.logout")).unwrap();
    let next = world.second_node().await;
    assert!(!is_in(&alice, &next).await, "the one that is whole counts");
    assert_eq!(trace::lines_with(&["ERROR", "event=\"logout.journal_damaged\""]).len(), 3);
    for (name, stays) in [("garbage.logout", true), ("README", true), ("half.unfinished", false)] {
        assert_eq!(journal.join(name).exists(), stays, "{name}");
    }
}

/// A logout of another application that has its journal in the same place is left to that one.
#[tokio::test(start_paused = true)]
async fn bm08_each_application_reads_its_own() {
    let (_folder, journal) = journal();
    let world = world_with(&Bare, &journal).await;
    let alice = world.login("alice").await;
    refuse(&world, 5);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    let docs = world.other_application().await;
    alice.log_in(&docs).await;
    assert!(is_in(&alice, &docs).await);
    assert_eq!(trace::lines_with(&["logout.journal_damaged"]), [""; 0]);
    assert_eq!(files(&journal).len(), 1);
}

/// The logout is less durable then, and nothing else.
#[tokio::test(start_paused = true)]
async fn h19_a_disk_that_fails_fails_no_logout() {
    let (_folder, journal) = journal();
    let world = world_with(&Bare, &journal).await;
    let alice = world.login("alice").await;
    fs::remove_dir(&journal).unwrap();
    refuse(&world, 1);
    hear_in_vain(&world, &token_for(&world, "alice")).await;
    assert_eq!(trace::lines_with(&["ERROR", "event=\"logout.journal_failed\" verb=\"write\""]).len(), 1);
    assert!(!is_in(&alice, &world).await);
    land().await;
    assert_eq!(world.state().await.sessions, []);
}

#[test]
fn a_journal_that_cannot_be_is_no_configuration() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let provider = TestProvider::new("https://op.example").unwrap();
    let keys = CookieKeys::generate(&SeededRandom::new(1)).unwrap();
    let rp = |journal: &Path| {
        let app = provider.provider().web_app(DASHBOARD, ClientSecret::new("s"));
        RelyingParty::builder(app, "https://app.example").logout_journal(journal)
    };
    for impossible in [file.clone(), file.join("below")] {
        let built = rp(&impossible).stored_sessions(MemoryStore::new(), keys.clone()).build();
        assert_eq!(built.unwrap_err(), ConfigError::LogoutJournal);
    }
    let nobody_hears = rp(&folder.path().join("journal")).sealed_sessions(keys.clone()).build();
    assert_eq!(nobody_hears.unwrap_err(), ConfigError::LogoutJournal);
    assert!(rp(folder.path()).stored_sessions(MemoryStore::new(), keys).build().is_ok());
}
