use vestibule::{AnyKind, Client, ClientKind, Confidential};

enum Homemade {}

impl ClientKind for Homemade {}

fn authenticated<K: Confidential>(_: &Client<K>) {}

fn anything(client: &Client<AnyKind>) {
    authenticated(client);
}

fn main() {}
