use std::collections::VecDeque;

use tokio::{
    net::TcpStream,
    task::{AbortHandle, JoinSet},
};

use super::{
    connection,
    head::{Head, HeadError},
    reply::Reply,
};

/// How many peers are listened to at once (checklist F08).
const MOST: usize = 16;

/// Whoever has connected. Each is listened to by itself, so that none waits for another; dropping this ends them all.
#[derive(Default)]
pub(crate) struct Peers {
    tasks: JoinSet<Option<Request>>,
    oldest_first: VecDeque<AbortHandle>,
}

/// A peer that said what it wants, or failed to.
pub(crate) struct Request {
    pub(crate) stream: TcpStream,
    pub(crate) head: Result<Head, HeadError>,
}

impl Peers {
    /// Listens to one more. When there are too many, who came first and still has not spoken leaves.
    pub(crate) fn admit(&mut self, mut stream: TcpStream) {
        self.make_room();
        let task = self.tasks.spawn(async move {
            let head = connection::read_head(&mut stream).await;
            Some(Request { stream, head })
        });
        self.oldest_first.push_back(task);
    }

    /// The next that has spoken; `None` when nobody is there.
    pub(crate) async fn heard(&mut self) -> Option<Request> {
        while let Some(ended) = self.tasks.join_next().await {
            if let Ok(Some(request)) = ended {
                return Some(request);
            }
        }
        None
    }

    /// Answers one, on the side.
    pub(crate) fn dismiss(&mut self, mut stream: TcpStream, reply: Reply) {
        self.make_room();
        let task = self.tasks.spawn(async move {
            connection::reply(&mut stream, reply).await;
            connection::linger(&mut stream).await;
            None
        });
        self.oldest_first.push_back(task);
    }

    fn make_room(&mut self) {
        self.oldest_first.retain(|task| !task.is_finished());
        while self.oldest_first.len() >= MOST {
            if let Some(oldest) = self.oldest_first.pop_front() {
                oldest.abort();
            }
        }
    }
}
