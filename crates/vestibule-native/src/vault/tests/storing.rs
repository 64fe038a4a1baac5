//! What is kept comes back, to nobody else, and shows nowhere.

use std::fs;

use vestibule::{Diagnose, testing::SeededRandom};

use super::*;
use crate::vault::entry::Entry;

fn policies(world: &World) -> [Vault; 3] {
    [
        world.vault(),
        world.vault_of(StorePolicy::EncryptedFile(key(1))),
        world.vault_of(StorePolicy::MemoryOnly),
    ]
}

#[tokio::test]
async fn a_login_is_kept_replaced_and_removed_under_every_policy() {
    let world = World::new("store");
    let (first, second) = (world.log_in().await, world.log_in().await);
    let alice = account("alice");
    for vault in policies(&world) {
        assert!(vault.load(&alice).await.unwrap().is_none());
        for (login, generation) in [(&first, 1), (&second, 2)] {
            assert!(matches!(vault.save(&alice, login.clone()).await, Saved::Stored));
            let found = vault.load(&alice).await.unwrap().unwrap();
            assert_eq!(found.tokens.to_bytes(), login.tokens.to_bytes());
            assert_eq!((&found.identity, found.generation), (&login.identity, generation));
        }
        assert_eq!(vault.current("https://op.example", "cli").await.unwrap(), Some(alice.clone()));
        assert_eq!(vault.accounts().await.unwrap()[0].label, "alice@op.example");
        let removed = vault.remove(&alice).await.unwrap();
        assert_eq!(access_token(removed.as_ref()), access_token(Some(&second)));
        assert!(vault.load(&alice).await.unwrap().is_none());
        assert_eq!(vault.accounts().await.unwrap(), []);
        assert!(vault.remove(&alice).await.unwrap().is_none());
    }
    assert!(world.store.entries().is_empty());
}

#[tokio::test]
async fn f17_what_the_store_has_no_room_for_lies_beside_it_sealed() {
    let world = World::new("too-large");
    world.store.limit_entries(128);
    let (vault, alice, login) = (world.vault(), account("alice"), world.log_in().await);
    let file = world.folder.path().join("sealed").join(format!("{}.sealed", alice.file_name()));
    vault.save(&alice, login.clone()).await;
    let entry = world.store.entries().into_values().next().unwrap();
    assert!(matches!(Entry::read(&alice, &entry), Ok(Entry::Key(_))));
    let sealed = fs::read(&file).unwrap();
    for secret in [login.tokens.access_token.expose(), login.tokens.refresh_token.as_ref().unwrap().expose()]
    {
        assert!(!sealed.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    let found = world.vault().load(&alice).await.unwrap();
    assert_eq!(access_token(found.as_ref()), access_token(Some(&login)));
    // The next one keeps the key; one that fits leaves no file.
    vault.save(&alice, login.clone()).await;
    assert_eq!(world.store.entries().into_values().next().unwrap(), entry);
    world.store.limit_entries(64 * 1024);
    vault.save(&alice, login).await;
    assert!(!file.exists());
    assert_eq!(vault.load(&alice).await.unwrap().unwrap().generation, 3);
}

#[tokio::test]
async fn f17_a_damaged_entry_is_an_error_until_the_next_login_replaces_it() {
    let world = World::new("damaged");
    let (vault, alice, login) = (world.vault(), account("alice"), world.log_in().await);
    for damaged in [&b""[..], b"{}", b"null\nnull", b"\xff\xfe", br#"{"version":1,"sealed_with":"AAAA"}"#] {
        world.store.put(&EntryName::of(&alice), damaged);
        let error = vault.load(&alice).await.unwrap_err();
        assert_eq!((&error, error.code()), (&VaultError::Corrupt, "native.store_unavailable"));
        assert!(matches!(vault.save(&alice, login.clone()).await, Saved::Stored));
        assert!(vault.load(&alice).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn f22_an_entry_of_another_issuer_client_or_user_is_not_read() {
    let world = World::new("foreign");
    let (vault, alice, login) = (world.vault(), account("alice"), world.log_in().await);
    let others = [
        account("bob"),
        Account { issuer: "https://evil.example".to_owned(), ..alice.clone() },
        Account { client_id: "other".to_owned(), ..alice.clone() },
    ];
    for other in others {
        world.store.put(&EntryName::of(&alice), &login.to_bytes(&other));
        let error = vault.load(&alice).await.unwrap_err();
        assert_eq!((&error, error.code()), (&VaultError::Corrupt, "native.store_unavailable"));
    }
    world.store.put(&EntryName::of(&alice), &login.to_bytes(&alice));
    assert!(vault.load(&alice).await.unwrap().is_some());
}

#[tokio::test]
async fn f18_a_sealed_login_that_was_changed_or_belongs_to_another_key_is_not_read() {
    let world = World::new("sealed-changed");
    let (alice, login) = (account("alice"), world.log_in().await);
    let vault = world.vault_of(StorePolicy::EncryptedFile(key(1)));
    vault.save(&alice, login.clone()).await;
    let path = world.folder.path().join("sealed").join(format!("{}.sealed", alice.file_name()));
    let path = path.as_path();
    let whole = fs::read(path).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(path, &flipped).unwrap();
    let untrusted = VaultError::untrusted(path, Distrust::Seal);
    assert_eq!(vault.load(&alice).await.unwrap_err(), untrusted);
    assert_eq!(untrusted.code(), "native.store_untrusted");
    fs::write(path, &whole).unwrap();
    let other_key = world.vault_of(StorePolicy::EncryptedFile(key(2)));
    assert_eq!(other_key.load(&alice).await.unwrap_err(), untrusted);
    assert!(matches!(vault.save(&alice, login).await, Saved::Stored));
    assert_eq!(vault.load(&alice).await.unwrap().unwrap().generation, 2);
}

/// The list is a convenience: without it, or with a broken one, entries are still there.
#[tokio::test]
async fn a_damaged_list_of_accounts_is_begun_anew() {
    let world = World::new("list");
    let (vault, alice) = (world.vault(), account("alice"));
    vault.save(&alice, world.log_in().await).await;
    fs::write(world.folder.path().join("accounts.json"), "[{").unwrap();
    assert_eq!(vault.current("https://op.example", "cli").await.unwrap(), None);
    assert!(vault.load(&alice).await.unwrap().is_some());
    vault.save(&alice, world.log_in().await).await;
    assert_eq!(vault.current("https://op.example", "cli").await.unwrap(), Some(alice));
}

#[tokio::test]
async fn the_latest_login_of_a_client_is_its_current_account() {
    let world = World::new("current");
    let vault = world.vault_of(StorePolicy::MemoryOnly);
    let (alice, bob) = (account("alice"), account("bob"));
    let elsewhere = Account { client_id: "other".to_owned(), ..account("carol") };
    for account in [&alice, &elsewhere, &bob] {
        vault.save(account, world.log_in().await).await;
    }
    assert_eq!(vault.current("https://op.example", "cli").await.unwrap(), Some(bob));
    assert_eq!(vault.current("https://op.example", "other").await.unwrap(), Some(elsewhere));
    let current: Vec<bool> = vault.accounts().await.unwrap().iter().map(|known| known.current).collect();
    assert_eq!(current, [false, true, true]);
}

#[tokio::test]
async fn f20_no_debug_text_or_error_shows_a_token_or_a_key() {
    let world = World::new("debug");
    let login = world.log_in().await;
    let key = VaultKey::generate(&SeededRandom::new(3)).unwrap();
    let vault = world.vault_of(StorePolicy::EncryptedFile(key.clone()));
    vault.save(&account("alice"), login.clone()).await;
    let entry = Entry::read(&account("alice"), &login.to_bytes(&account("alice"))).unwrap();
    let shown =
        format!("{vault:?} {login:?} {key:?} {entry:?} {:?}", StorePolicy::EncryptedFile(key.clone()));
    let tokens = [
        login.tokens.access_token.expose(),
        login.tokens.refresh_token.as_ref().unwrap().expose(),
        login.tokens.id_token.as_ref().unwrap().expose(),
        &key.to_base64(),
    ];
    for secret in tokens {
        assert!(!shown.contains(secret), "{shown}");
    }
}
