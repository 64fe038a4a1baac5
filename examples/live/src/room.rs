use std::sync::Arc;

use tokio::sync::{broadcast, watch};

/// Who is connected, and what they say to each other.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    messages: broadcast::Sender<String>,
    present: Arc<watch::Sender<usize>>,
}

impl Default for Room {
    fn default() -> Self {
        Self { messages: broadcast::Sender::new(64), present: Arc::new(watch::Sender::new(0)) }
    }
}

impl Room {
    /// Comes in, until the guest is dropped.
    pub(crate) fn enter(&self) -> Guest {
        self.present.send_modify(|count| *count += 1);
        Guest { room: self.clone(), messages: self.messages.subscribe() }
    }

    /// How many are there, as it changes.
    pub(crate) fn present(&self) -> watch::Receiver<usize> {
        self.present.subscribe()
    }
}

/// Somebody who is in the room.
#[derive(Debug)]
pub(crate) struct Guest {
    room: Room,
    messages: broadcast::Receiver<String>,
}

impl Guest {
    /// Says something to everybody, oneself included.
    pub(crate) fn say(&self, message: String) {
        // There is a listener: this guest.
        let _ = self.room.messages.send(message);
    }

    /// The next thing that somebody says. Who is too slow misses some.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        loop {
            match self.messages.recv().await {
                Ok(message) => return Some(message),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.room.present.send_modify(|count| *count -= 1);
    }
}
