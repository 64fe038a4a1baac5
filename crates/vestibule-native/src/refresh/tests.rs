use std::sync::Arc;

use vestibule::{Diagnose, Native};

use super::*;
use crate::vault::{
    EntryName, VaultError,
    tests::{World, access_token, account},
};

const AHEAD: Wanted = Wanted::Lasting(Duration::from_secs(30));
const TOKEN: &str = "/token";

/// Alice has logged in, and her access token is over.
async fn expired(name: &str) -> (World, Vault) {
    let world = World::new(name);
    let vault = world.vault();
    vault.save(&account("alice"), world.log_in().await).await;
    world.op.clock().advance(Duration::from_secs(301));
    (world, vault)
}

async fn ask(world: &World, vault: &Vault) -> Result<StoredLogin, NativeError> {
    fresh::<Native>(&world.client, vault, &account("alice"), AHEAD).await
}

fn calls(world: &World) -> usize {
    world.op.transport().count(TOKEN)
}

#[tokio::test]
async fn f19_a_token_that_lasts_costs_no_lock_and_no_call() {
    let world = World::new("lasts");
    let vault = world.vault();
    let login = world.log_in().await;
    vault.save(&account("alice"), login.clone()).await;
    std::fs::remove_dir_all(world.folder.path().join("locks")).unwrap();
    let (calls_before, reads) = (calls(&world), world.store.reads());
    let found = ask(&world, &vault).await.unwrap();
    assert_eq!(access_token(Some(&found)), access_token(Some(&login)));
    assert_eq!((calls(&world), world.store.reads()), (calls_before, reads + 1));
    assert!(!world.folder.path().join("locks").exists());
}

#[tokio::test]
async fn f19_many_processes_make_one_refresh_and_share_what_it_brings() {
    let (world, _) = expired("many").await;
    let world = Arc::new(world);
    for round in 1..=3 {
        let asking = (0..8).map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let vault = world.vault();
                ask(&world, &vault).await.map(|login| login.tokens.access_token)
            })
        });
        let mut tokens = Vec::new();
        for asked in asking.collect::<Vec<_>>() {
            tokens.push(asked.await.unwrap().unwrap());
        }
        tokens.dedup();
        assert_eq!((tokens.len(), calls(&world)), (1, 1 + round));
        world.op.clock().advance(Duration::from_secs(301));
    }
}

#[tokio::test]
async fn f19_only_a_login_that_the_provider_ended_is_removed() {
    let (world, vault) = expired("ended").await;
    world.op.log_out_everywhere();
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("refresh.revoked", Disposition::Gone));
    assert!(world.store.entries().is_empty());
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("native.not_signed_in", Disposition::Gone));
    assert_eq!(calls(&world), 2);
}

#[tokio::test]
async fn f19_an_outage_ends_nothing_and_the_next_use_tries_again() {
    let (world, vault) = expired("outage").await;
    world.wire.be_down();
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("refresh.unavailable", Disposition::Retry));
    assert_eq!(world.store.entries().len(), 1);
    ask(&world, &vault).await.unwrap();
    world.op.clock().advance(Duration::from_secs(301));
    world.wire.lose_answer();
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("refresh.unavailable", Disposition::Retry));
    assert_eq!(world.store.entries().len(), 1);
}

#[tokio::test]
async fn h23_a_store_that_locks_itself_while_tokens_are_renewed_loses_none_of_them() {
    let (world, vault) = expired("locks-itself").await;
    let (alice, other) = (account("alice"), world.vault());
    let store = world.store.clone();
    world.wire.meanwhile(move || store.fail(Some(VaultError::Locked)));
    let renewed = ask(&world, &vault).await.unwrap();
    assert_eq!(calls(&world), 2);

    // What the store has is spent: whoever would use it is kept waiting, be it locked or not.
    world.store.fail_writes(Some(VaultError::Locked));
    let busy = other.lock_entry(&alice, Duration::ZERO).await.unwrap_err();
    assert_eq!(busy.code(), "refresh.busy");

    // This process goes on, and renews again if it must.
    world.op.clock().advance(Duration::from_secs(301));
    let again = ask(&world, &vault).await.unwrap();
    assert_ne!(access_token(Some(&again)), access_token(Some(&renewed)));
    assert_eq!(calls(&world), 3);

    world.store.fail(None);
    ask(&world, &vault).await.unwrap();
    assert_eq!(access_token(other.load(&alice).await.unwrap().as_ref()), access_token(Some(&again)));
    world.op.clock().advance(Duration::from_secs(301));
    ask(&world, &other).await.unwrap();
    assert_eq!(calls(&world), 4);
}

#[tokio::test]
async fn h23_nothing_is_spent_while_the_store_cannot_be_read() {
    let (world, vault) = expired("unreadable").await;
    vault.load(&account("alice")).await.unwrap();
    world.store.fail(Some(VaultError::Locked));
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("native.store_unavailable", Disposition::Retry));
    assert_eq!(calls(&world), 1);
    world.store.fail(None);
    ask(&world, &vault).await.unwrap();
}

#[tokio::test]
async fn f21_a_logout_while_tokens_are_renewed_is_not_undone() {
    let (world, vault) = expired("logged-out").await;
    let store = world.store.clone();
    world.wire.meanwhile(move || store.clear());
    let error = ask(&world, &vault).await.unwrap_err();
    assert_eq!(error.code(), "native.not_signed_in");
    assert!(world.store.entries().is_empty());
    assert_eq!(world.op.transport().count("/revoke"), 1, "what came is of no use");
}

#[tokio::test]
async fn a_login_while_tokens_are_renewed_wins() {
    let (world, vault) = expired("logged-in").await;
    let newer = StoredLogin { generation: 9, ..world.log_in().await };
    let (store, entry) = (world.store.clone(), newer.to_bytes(&account("alice")));
    world.wire.meanwhile(move || store.put(&EntryName::of(&account("alice")), &entry));
    assert_eq!(access_token(Some(&ask(&world, &vault).await.unwrap())), access_token(Some(&newer)));

    // Also over an ended one.
    world.op.clock().advance(Duration::from_secs(301));
    world.op.log_out_everywhere();
    let newest = StoredLogin { generation: 99, ..world.log_in().await };
    let (store, entry) = (world.store.clone(), newest.to_bytes(&account("alice")));
    world.wire.meanwhile(move || store.put(&EntryName::of(&account("alice")), &entry));
    assert_eq!(access_token(Some(&ask(&world, &vault).await.unwrap())), access_token(Some(&newest)));
}

#[tokio::test]
async fn f09_a_caller_that_goes_away_takes_no_tokens_along() {
    let (world, vault) = expired("goes-away").await;
    let before = vault.load(&account("alice")).await.unwrap();
    world.wire.hold_answer();
    tokio::select! {
        biased;
        () = world.wire.arrived() => {}
        _ = ask(&world, &vault) => panic!("the answer is held back"),
    }
    let waits = tokio::time::timeout(Duration::from_millis(1), settled()).await;
    assert!(waits.is_err(), "a runtime that is to end knows of it");
    world.wire.release_answer();
    settled().await;
    let entry = vault.lock_entry(&account("alice"), WAIT).await.unwrap();
    let after = entry.load().await.unwrap();
    assert_ne!(access_token(after.as_ref()), access_token(before.as_ref()));
    assert_eq!(calls(&world), 2);
}

#[tokio::test]
async fn the_provider_is_asked_whether_a_login_lives_once_in_a_while_for_all() {
    let world = World::new("checked");
    let (vault, other, alice) = (world.vault(), world.vault(), account("alice"));
    vault.save(&alice, world.log_in().await).await;
    let wanted = Wanted::Checked(Duration::from_secs(30));
    world.op.clock().advance(Duration::from_secs(29));
    fresh(&world.client, &vault, &alice, wanted).await.unwrap();
    assert_eq!(calls(&world), 1);
    world.op.clock().advance(Duration::from_secs(1));
    fresh(&world.client, &vault, &alice, wanted).await.unwrap();
    fresh(&world.client, &other, &alice, wanted).await.unwrap();
    assert_eq!(calls(&world), 2);
    // A moment to come was written by another clock, and counts for nothing.
    world.op.clock().set_wall(Duration::from_secs(1_780_000_010));
    fresh(&world.client, &other, &alice, wanted).await.unwrap();
    assert_eq!(calls(&world), 3);
}

#[tokio::test]
async fn a_login_without_a_refresh_token_lives_as_long_as_its_access_token() {
    let (world, alice) = (World::new("unrenewable"), account("alice"));
    let vault = world.vault();
    let mut login = world.log_in().await;
    login.tokens.refresh_token = None;
    vault.save(&alice, login.clone()).await;
    let checked = Wanted::Checked(Duration::from_secs(30));
    world.op.clock().advance(Duration::from_secs(31));
    let asked = world.op.transport().count("/userinfo");
    for _ in 0..2 {
        fresh(&world.client, &vault, &alice, checked).await.unwrap();
    }
    assert_eq!(world.op.transport().count("/userinfo"), asked + 1, "the provider's word is kept");
    let longer = Wanted::Lasting(Duration::from_secs(3600));
    let found = fresh(&world.client, &vault, &alice, longer).await.unwrap();
    assert_eq!(access_token(Some(&found)), access_token(Some(&login)), "as long as they live");
    assert_eq!(calls(&world), 1);

    world.op.clock().advance(Duration::from_secs(301));
    let error = fresh(&world.client, &vault, &alice, longer).await.unwrap_err();
    assert_eq!(error.code(), "native.not_signed_in");
    assert!(world.store.entries().is_empty(), "nothing of it is left");
}

#[tokio::test]
async fn f21_a_new_login_is_never_taken_for_an_older_state_of_the_one_before() {
    let (world, vault) = expired("begun-anew").await;
    let found = StoredLogin { generation: 7, ..vault.load(&account("alice")).await.unwrap().unwrap() };
    world.store.put(&EntryName::of(&account("alice")), &found.to_bytes(&account("alice")));
    // Logged out and in again elsewhere: counted from one.
    let newer = StoredLogin { generation: 1, ..world.log_in().await };
    let (store, entry) = (world.store.clone(), newer.to_bytes(&account("alice")));
    world.wire.meanwhile(move || store.put(&EntryName::of(&account("alice")), &entry));
    assert_eq!(access_token(Some(&ask(&world, &vault).await.unwrap())), access_token(Some(&newer)));

    world.store.put(&EntryName::of(&account("alice")), &found.to_bytes(&account("alice")));
    world.op.log_out_everywhere();
    let newest = StoredLogin { generation: 1, ..world.log_in().await };
    let (store, entry) = (world.store.clone(), newest.to_bytes(&account("alice")));
    world.wire.meanwhile(move || store.put(&EntryName::of(&account("alice")), &entry));
    assert_eq!(access_token(Some(&ask(&world, &vault).await.unwrap())), access_token(Some(&newest)));
}
