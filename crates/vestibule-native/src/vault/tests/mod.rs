mod faulty_wire;
mod probing;
mod store_lost;
mod storing;

use std::{path::PathBuf, sync::Arc};

pub(crate) use faulty_wire::FaultyWire;
use vestibule::{
    AuthorizationRequest, Callback, Client, Native, Provider, RedirectUri,
    testing::{SeededRandom, TestProvider},
};

use super::{store::fake::FakeStore, *};

/// A folder of its own for each test, which is gone when the test is over.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("vestibule-native-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    pub(crate) fn path(&self) -> &PathBuf {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn account(subject: &str) -> Account {
    Account {
        issuer: "https://op.example".to_owned(),
        client_id: "cli".to_owned(),
        subject: subject.to_owned(),
    }
}

pub(crate) fn key(seed: u64) -> VaultKey {
    VaultKey::generate(&SeededRandom::new(seed)).unwrap()
}

/// A provider that knows alice, an application of hers, and a store.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) op: TestProvider,
    pub(crate) wire: FaultyWire,
    pub(crate) client: Client<Native>,
    pub(crate) store: FakeStore,
    pub(crate) folder: Folder,
}

impl World {
    pub(crate) fn new(name: &str) -> Self {
        let op = TestProvider::new("https://op.example").unwrap();
        let wire = FaultyWire::new(op.transport().clone());
        let provider = Provider::builder("https://op.example").unwrap().transport(wire.clone());
        let provider = provider.clock(op.clock().clone()).random(SeededRandom::new(5)).build().unwrap();
        let client = provider.native("cli");
        Self { op, wire, client, store: FakeStore::default(), folder: Folder::new(name) }
    }

    /// A vault of a process of its own, on the same store and disk.
    pub(crate) fn vault(&self) -> Vault {
        let store = self.store.clone();
        Vault::on_store(
            Arc::new(move || store.open()),
            self.folder.path().clone(),
            Arc::new(SeededRandom::new(7)),
        )
    }

    pub(crate) fn vault_of(&self, policy: StorePolicy) -> Vault {
        Vault::new(policy, self.folder.path().clone(), Arc::new(SeededRandom::new(7)))
    }

    pub(crate) fn now(&self) -> vestibule::ProviderTime {
        self.client.provider().clock().now()
    }

    pub(crate) async fn log_in(&self) -> StoredLogin {
        let request = AuthorizationRequest::new(RedirectUri::new("https://app.example/callback").unwrap());
        let start = self.client.begin_login(&request).await.unwrap();
        let callback = Callback::parse(&self.op.log_in(&start)).unwrap();
        let login = self.client.complete_login(start.pending, &callback).await.unwrap();
        let identity = login.id_token.identity().clone();
        StoredLogin::new(
            login.tokens,
            identity,
            "alice@op.example".to_owned(),
            serde_json::Map::new(),
            self.now(),
        )
    }
}

pub(crate) fn access_token(login: Option<&StoredLogin>) -> Option<&str> {
    login.map(|login| login.tokens.access_token.expose())
}
