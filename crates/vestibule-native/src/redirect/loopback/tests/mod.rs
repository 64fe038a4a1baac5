mod closing;
mod page;
mod ports;
mod refusals;
mod slow_peers;

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use vestibule::{Callback, testing::SeededRandom};

use super::{Door, Loopback};
use crate::redirect::plan::{RedirectPlan, Way};

/// A login that waits for the answer with the state `right`.
struct Waiting {
    door: Door,
    address: SocketAddr,
    answer: JoinHandle<Callback>,
}

async fn bind(plan: &RedirectPlan) -> Loopback {
    let Way::Loopback(plan) = &plan.0 else { panic!("a link is no port") };
    Loopback::bind(plan, &SeededRandom::new(1)).await.unwrap()
}

impl Waiting {
    async fn start() -> Self {
        let loopback = bind(&RedirectPlan::any_port()).await;
        let (door, address) = (loopback.door.clone(), loopback.listener.local_addr().unwrap());
        let recognises =
            |callback: &Callback| callback.state().is_some_and(|state| state.expose() == "right");
        let answer = tokio::spawn(loopback.answer(recognises));
        Self { door, address, answer }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A browser that goes there.
    async fn visit(&self, target: &str) -> String {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.door.authority)).await
    }

    /// A peer that sends this and listens until the end.
    async fn send(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }

    /// The right answer still works, and ends the login.
    async fn answer_rightly(self) {
        assert!(!self.answer.is_finished());
        let taken = self.visit("/callback?code=secret-code&state=right").await;
        assert_eq!(status(&taken), 303, "{taken}");
        let page = self.visit("/done").await;
        assert_eq!(status(&page), 200, "{page}");
        let callback = self.answer.await.unwrap();
        assert_eq!(callback.state().unwrap().expose(), "right");
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

fn status(response: &str) -> u16 {
    response.strip_prefix("HTTP/1.1 ").and_then(|rest| rest[..3].parse().ok()).unwrap_or_default()
}
