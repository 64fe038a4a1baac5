//! Everything that the code under test logs, at every level.
//!
//! A test runs on one thread from start to end, spawned tasks included, so that a buffer per thread is a buffer per
//! test.

use std::{cell::RefCell, io, sync::Once};

use tracing_subscriber::fmt::MakeWriter;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Starts a new record on this thread.
pub fn start() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_writer(ToThread)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of this process");
    });
    LINES.take();
}

/// The lines so far, one an event.
pub fn lines() -> Vec<String> {
    LINES.with_borrow(Clone::clone)
}

/// The lines that contain all of these.
pub fn lines_with(parts: &[&str]) -> Vec<String> {
    lines().into_iter().filter(|line| parts.iter().all(|part| line.contains(part))).collect()
}

struct ToThread;

impl MakeWriter<'_> for ToThread {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

impl io::Write for ToThread {
    /// Called once for each event.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.push(String::from_utf8_lossy(line).into_owned()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
