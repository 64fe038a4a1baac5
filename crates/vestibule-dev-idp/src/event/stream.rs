//! Who hears of what happens.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Event, EventKind};
use crate::blocking::block_on;

/// The events from the moment on at which [`DevIdp::events`](crate::DevIdp::events) was called.
///
/// They are kept until they are read, or until this is dropped.
#[derive(Debug)]
pub struct Events(UnboundedReceiver<Event>);

impl Events {
    /// The next event; none once the provider has stopped.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event, waited for by this thread; none once the provider has stopped. Not for async code.
    pub fn wait(&mut self) -> Option<Event> {
        block_on(self.next())
    }

    /// The next event if there is one already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }

    /// All that happened and was not read yet.
    pub fn drain(&mut self) -> Vec<EventKind> {
        std::iter::from_fn(|| self.try_next()).map(|event| event.kind).collect()
    }
}

/// Where events go.
#[derive(Debug, Default)]
pub(crate) struct EventBus(Mutex<Vec<UnboundedSender<Event>>>);

impl EventBus {
    pub(crate) fn subscribe(&self) -> Events {
        let (sender, receiver) = unbounded_channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        Events(receiver)
    }

    pub(crate) fn emit(&self, event: &Event) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|subscriber| subscriber.send(event.clone()).is_ok());
    }

    pub(crate) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
