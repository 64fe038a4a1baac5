//! F17: whether a login can be kept is known before it begins.

use vestibule::{Diagnose, Disposition};

use super::*;

#[tokio::test]
async fn f17_a_store_is_written_and_read_before_a_login_and_left_as_it_was() {
    let world = World::new("probe");
    let vault = world.vault();
    assert_eq!(vault.probe().await.unwrap(), StoreKind::SecretService);
    assert_eq!((world.store.writes(), world.store.reads()), (1, 1));
    assert!(world.store.entries().is_empty());
}

#[tokio::test]
async fn f17_an_absent_locked_or_closed_store_is_told_with_its_cure() {
    let world = World::new("probe-fails");
    for (error, disposition, cure) in [
        (VaultError::Locked, Disposition::Retry, "unlock"),
        (VaultError::Denied, Disposition::Config, "login session"),
        (VaultError::Full, Disposition::Retry, "room"),
    ] {
        world.store.fail_writes(Some(error.clone()));
        let found = world.vault().probe().await.unwrap_err();
        assert_eq!(found, error);
        assert_eq!((found.code(), found.disposition()), ("native.store_unavailable", disposition));
        assert!(found.hint().contains(cure), "{}", found.hint());
    }
    world.store.fail_to_open(VaultError::Absent("no bus".to_owned()));
    let absent = world.vault().probe().await.unwrap_err();
    assert_eq!((absent.code(), absent.disposition()), ("native.store_unavailable", Disposition::Config));
    assert_eq!(absent.to_string(), "no secure store was found: no bus");
    assert!(world.store.entries().is_empty());
}

#[tokio::test(start_paused = true)]
async fn f17_a_store_that_does_not_answer_is_given_up_and_asked_anew_later() {
    let world = World::new("probe-hangs");
    let vault = world.vault();
    world.store.ask(true);
    assert_eq!(vault.probe().await.unwrap_err(), VaultError::TimedOut);
    assert_eq!(vault.load(&account("alice")).await.unwrap_err(), VaultError::TimedOut);
}

#[tokio::test]
async fn f17_the_other_policies_are_tried_too() {
    let world = World::new("probe-others");
    assert_eq!(world.vault_of(StorePolicy::MemoryOnly).probe().await.unwrap(), StoreKind::Memory);
    assert!(!world.folder.path().exists(), "nothing on the disk");
    let files = world.vault_of(StorePolicy::EncryptedFile(key(1)));
    assert_eq!(files.probe().await.unwrap(), StoreKind::EncryptedFile);
    assert_eq!(
        std::fs::read_dir(world.folder.path().join("sealed")).unwrap().count(),
        1,
        "the writers' lock"
    );
}
