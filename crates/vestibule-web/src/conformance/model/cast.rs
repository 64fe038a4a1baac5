//! Sessions, logouts and tokens in small numbers.

use std::time::Duration;

use bytes::Bytes;

use crate::store::{
    CommitRefresh, HolderId, LogoutId, NewSession, PublicId, Realm, RefreshHash, Retention, Revocation,
    Scope, SessionKey, StoreTime,
};

/// The realm that all tests here play in.
pub fn realm() -> Realm {
    Realm::new("https://acme.example", "dashboard")
}

/// Short, so that runs of a minute reach beyond it.
pub const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(60), logout_ids: Duration::from_secs(15) };

/// A session of `sub` that listens to what a login listens to.
pub fn session(number: u32, sub: &str, sid: Option<&str>, began: StoreTime) -> NewSession {
    let (realm, key) = (realm(), key(number));
    let mut scopes =
        vec![realm.everything(), realm.subject(sub), realm.others_of_subject(sub), realm.session(&key)];
    match sid {
        Some(sid) => scopes.extend([realm.sid(sid), realm.sid_of_subject(sid, sub)]),
        None => scopes.push(realm.subject_without_sid(sub)),
    }
    NewSession {
        key,
        public_id: public_id(number),
        subject: realm.subject(sub),
        scopes,
        began,
        idle: Duration::from_secs(20),
        absolute: Duration::from_secs(40),
        label: Bytes::new(),
        grant: Bytes::from_static(b"grant"),
        refresh: Some(token(0)),
        data: Bytes::new(),
    }
}

/// The key of a session.
pub fn key(number: u32) -> SessionKey {
    let mut bytes = [0xa5; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    SessionKey::from_bytes(bytes)
}

/// How lists name it.
pub fn public_id(number: u32) -> PublicId {
    PublicId::from_bytes(u128::from(number).to_be_bytes())
}

/// The hash of a refresh token.
pub fn token(number: u8) -> RefreshHash {
    RefreshHash::from_bytes([number; 32])
}

/// Who refreshes.
pub fn holder(number: u8) -> HolderId {
    HolderId::from_bytes([number; 16])
}

/// The id of a logout token.
pub fn jti(number: u8) -> LogoutId {
    realm().logout_id(&format!("jti-{number}"))
}

/// The outcome of a refresh that spent token `from` and brought token `to`.
pub fn rotation(number: u8, from: u8, to: u8) -> CommitRefresh {
    CommitRefresh {
        holder: holder(number),
        spent: token(from),
        grant: Bytes::from(format!("grant {to}")),
        refresh: Some(token(to)),
        listen: Vec::new(),
    }
}

/// A logout heard now.
pub fn logout(scopes: Vec<Scope>) -> Revocation {
    Revocation { scopes, heard: None, logout: None, spare: None }
}
