//! H23: the store locks itself while the application runs.

use super::*;

#[tokio::test]
async fn h23_a_login_that_no_store_takes_stays_in_memory_and_is_written_later() {
    let world = World::new("unwritten");
    let (vault, alice, login) = (world.vault(), account("alice"), world.log_in().await);
    world.store.fail(Some(VaultError::Locked));
    assert!(matches!(vault.save(&alice, login.clone()).await, Saved::InMemoryOnly(VaultError::Locked)));
    assert!(world.store.entries().is_empty(), "and nowhere else");
    assert!(!world.folder.path().join("sealed").exists());
    let found = vault.load(&alice).await.unwrap();
    assert_eq!(access_token(found.as_ref()), access_token(Some(&login)));

    world.store.fail(None);
    assert!(vault.load(&alice).await.unwrap().is_some());
    let found = world.vault().load(&alice).await.unwrap();
    assert_eq!(access_token(found.as_ref()), access_token(Some(&login)));
}

#[tokio::test]
async fn h23_what_was_read_before_serves_while_the_store_is_locked() {
    let world = World::new("unread");
    let (vault, alice, login) = (world.vault(), account("alice"), world.log_in().await);
    vault.save(&alice, login.clone()).await;
    world.store.fail(Some(VaultError::Locked));
    assert_eq!(access_token(vault.load(&alice).await.unwrap().as_ref()), access_token(Some(&login)));
    // Another process has read nothing; and nobody spends a token that may be spent already.
    assert_eq!(world.vault().load(&alice).await.unwrap_err(), VaultError::Locked);
    let entry = vault.lock_entry(&alice, WRITE).await.unwrap();
    assert_eq!(entry.load().await.unwrap_err(), VaultError::Locked);
}

#[tokio::test]
async fn f21_a_logout_is_forgotten_here_even_when_the_store_is_locked() {
    let world = World::new("locked-logout");
    let (vault, alice) = (world.vault(), account("alice"));
    vault.save(&alice, world.log_in().await).await;
    world.store.fail(Some(VaultError::Locked));
    assert_eq!(vault.remove(&alice).await.unwrap_err(), VaultError::Locked);
    assert_eq!(vault.load(&alice).await.unwrap_err(), VaultError::Locked, "not from memory");
    world.store.fail(None);
    assert!(world.vault().accounts().await.unwrap().is_empty(), "nor by others, once it is open");
}
