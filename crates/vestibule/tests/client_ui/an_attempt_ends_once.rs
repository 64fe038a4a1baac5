use vestibule::{Callback, Client, PendingLogin, WebApp};

async fn twice(client: &Client<WebApp>, pending: PendingLogin, callback: &Callback) {
    let _ = client.complete_login(pending, callback).await;
    let _ = client.complete_login(pending, callback).await;
}

async fn copied(client: &Client<WebApp>, pending: PendingLogin, callback: &Callback) {
    let _ = client.complete_login(pending.clone(), callback).await;
}

fn main() {}
