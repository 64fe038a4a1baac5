/// The head of a request, as far as the judgement needs it. Nothing in it is believed.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) fetch_mode: Option<String>,
    pub(crate) fetch_dest: Option<String>,
}

/// The longest head that is read (checklist F08).
pub(crate) const LONGEST_HEAD: usize = 8 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// No request by the rules (RFC 9112), or ended before its end.
    Malformed,
    /// More than [`LONGEST_HEAD`] bytes.
    TooLarge,
    /// Not whole in time.
    Slow,
}

impl Head {
    /// Where the head ends in what was received so far, with its last empty line.
    pub(crate) fn end(received: &[u8]) -> Option<usize> {
        received.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
    }

    /// Reads a whole head, strictly (RFC 9112 sections 3 and 5).
    pub(crate) fn parse(head: &[u8]) -> Result<Self, HeadError> {
        Self::read(head).ok_or(HeadError::Malformed)
    }

    fn read(head: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(head).ok()?.strip_suffix("\r\n\r\n")?;
        let mut lines = text.split("\r\n");
        let mut head = Self::request_line(lines.next()?)?;
        for line in lines {
            head.field(line)?;
        }
        Some(head)
    }

    fn request_line(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let fits = is_token(method)
            && target.starts_with('/')
            && target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
            && matches!(version, "HTTP/1.1" | "HTTP/1.0")
            && words.next().is_none();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        fits.then(|| Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            host: None,
            origin: None,
            fetch_mode: None,
            fetch_dest: None,
        })
    }

    /// Takes one field in. Those that count may come once.
    fn field(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once(':')?;
        if !is_token(name) || value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return None;
        }
        let slot = match name.to_ascii_lowercase().as_str() {
            "host" => &mut self.host,
            "origin" => &mut self.origin,
            "sec-fetch-mode" => &mut self.fetch_mode,
            "sec-fetch-dest" => &mut self.fetch_dest,
            _ => return Some(()),
        };
        slot.replace(value.trim_matches([' ', '\t']).to_owned()).is_none().then_some(())
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_browsers_head_is_read() {
        let head = Head::parse(
            b"GET /callback?code=a&state=b HTTP/1.1\r\nHost: 127.0.0.1:8400\r\nSec-Fetch-Mode:navigate \r\nX: y\r\n\r\n",
        )
        .unwrap();
        assert_eq!((head.method.as_str(), head.path.as_str()), ("GET", "/callback"));
        assert_eq!(head.query.as_deref(), Some("code=a&state=b"));
        assert_eq!(head.host.as_deref(), Some("127.0.0.1:8400"));
        assert_eq!((head.fetch_mode.as_deref(), head.origin), (Some("navigate"), None));
    }

    #[test]
    fn f04_what_is_no_head_is_refused() {
        for head in [
            "",
            "\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/2\r\n\r\n",
            "GET  / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1 x\r\n\r\n",
            "GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
            "GET /#a HTTP/1.1\r\n\r\n",
            "GET /a\tb HTTP/1.1\r\n\r\n",
            "G(T / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
            "GET / HTTP/1.1\r\n folded: yes\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\nb\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nOrigin: a\r\norigin: a\r\n\r\n",
            "GET / HTTP/1.1\n\n",
        ] {
            assert_eq!(Head::parse(head.as_bytes()), Err(HeadError::Malformed), "{head:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = Head::parse(&bytes);
            let _ = Head::end(&bytes);
        }

        #[test]
        fn f04_fields_neither_hide_nor_invent_others(
            name in "[A-Za-z-]{1,12}", value in "[ -~]{0,40}", path in "/[a-z/]{0,20}", query in "[a-z=&]{0,20}",
        ) {
            let text = format!("GET {path}?{query} HTTP/1.1\r\nHost: h\r\nX{name}: {value}\r\n\r\n");
            let head = Head::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(Head::end(text.as_bytes()), Some(text.len()));
            prop_assert_eq!((head.path, head.query), (path, Some(query)));
            prop_assert_eq!((head.host.as_deref(), head.origin), (Some("h"), None));
        }

        #[test]
        fn f04_almost_heads_are_read_or_refused_never_repaired(text in "(GET|P ST) /[ -~]{0,8} HTTP/1.[0-2]\r\n([A-z: ]{0,12}\r\n){0,3}\r\n") {
            if let Ok(head) = Head::parse(text.as_bytes()) {
                let target = head.query.iter().fold(head.path.clone(), |path, query| format!("{path}?{query}"));
                let line = format!("{} {target} HTTP/1.", head.method);
                prop_assert!(text.starts_with(&line));
            }
        }
    }
}
