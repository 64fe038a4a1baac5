use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// A server on a random port of this machine that does with each connection what it is told. Ends when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
    stopped: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Log {
    connections: AtomicUsize,
    heads: Mutex<Vec<String>>,
}

/// One connection, whatever carries it.
pub(crate) struct Connection<S> {
    stream: S,
    log: Arc<Log>,
}

impl Server {
    /// Hands every connection over as it comes.
    pub(crate) fn start(serve: impl Fn(Connection<TcpStream>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::<Log>::default();
        let stopped = Arc::<AtomicBool>::default();
        let listening = thread::spawn({
            let (log, stopped, serve) = (Arc::clone(&log), Arc::clone(&stopped), Arc::new(serve));
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let (log, serve) = (Arc::clone(&log), Arc::clone(&serve));
                    log.connections.fetch_add(1, Ordering::SeqCst);
                    let stream = stream.unwrap();
                    thread::spawn(move || serve(Connection { stream, log }));
                }
            }
        });
        Self { address, log, stopped, listening: Some(listening) }
    }

    /// Answers every request with these bytes and hangs up.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut connection| {
            connection.read_request();
            connection.write(&answer);
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.log.heads.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

impl<S: Read + Write> Connection<S> {
    /// Reads one request with its body; `None` when the client has hung up.
    pub(crate) fn read_request(&mut self) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.read_byte()?);
        }
        let head = String::from_utf8(head).unwrap();
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        for _ in 0..length {
            self.read_byte()?;
        }
        self.log.heads.lock().unwrap().push(head.clone());
        Some(head)
    }

    fn read_byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        (self.stream.read(&mut byte).ok()? == 1).then_some(byte[0])
    }

    /// Whether the client took it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).and_then(|()| self.stream.flush()).is_ok()
    }

    /// Says nothing more until the client hangs up.
    pub(crate) fn stall(mut self) {
        let mut ignored = [0; 1024];
        while self.stream.read(&mut ignored).is_ok_and(|length| length > 0) {}
    }

    /// Goes on over another stream, such as one that is encrypted.
    pub(crate) fn over<T>(self, wrap: impl FnOnce(S) -> T) -> Connection<T> {
        Connection { stream: wrap(self.stream), log: self.log }
    }
}

impl Connection<TcpStream> {
    /// Sends these bytes again and again, a little at a time, until the client hangs up.
    pub(crate) fn drip(mut self, bytes: &[u8]) {
        self.stream.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        while self.write(bytes) {
            match self.stream.read(&mut [0; 64]) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Ok(1..) => {}
                _ => return,
            }
        }
    }
}

/// A header of a request, by its name in lower case.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A whole answer with these headers, each ending in a line break.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}
