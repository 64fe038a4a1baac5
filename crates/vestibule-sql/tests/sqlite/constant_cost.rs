use std::{sync::Arc, time::Duration};

use vestibule_web::{
    conformance::{
        Subject as _,
        model::{RETENTION, key, realm, session},
    },
    store::{Load, Revocation, Revoke, SessionStore, StoreBackend as _},
};

use crate::subject::File;

const HIDE: &str =
    "ALTER TABLE vestibule_sessions RENAME TO hidden; ALTER TABLE vestibule_listening RENAME TO unheard";
const SHOW: &str =
    "ALTER TABLE hidden RENAME TO vestibule_sessions; ALTER TABLE unheard RENAME TO vestibule_listening";

/// What it cannot look at, it does not look at: so it costs the same, however many there are.
#[tokio::test]
async fn invariant_11_a_logout_looks_at_no_session() {
    let file = File::default();
    let store = file.fresh().await.open(&realm(), RETENTION);
    let began = store.now().await.unwrap();
    store.insert(session(1, "alice", None, began), None).await.unwrap();
    file.advance(Duration::from_secs(1)).await;

    file.run(HIDE).await;
    assert!(load(&store).await.is_err(), "nobody finds a session");
    let scopes = vec![realm().subject("alice"), realm().sid("s1")];
    let logout = Revocation { scopes, heard: None, logout: Some(realm().logout_id("1")), spare: None };
    let revoked = store.revoke(logout).await.unwrap().reply;
    assert!(matches!(revoked, Revoke::Revoked { .. }), "{revoked:?}");

    file.run(SHOW).await;
    let gone = load(&store).await.unwrap();
    assert!(matches!(gone, Load::Gone(_)), "and yet it strikes: {gone:?}");
}

async fn load(store: &Arc<dyn SessionStore>) -> Result<Load, vestibule_web::store::StoreError> {
    Ok(store.load(&key(1)).await?.reply)
}
