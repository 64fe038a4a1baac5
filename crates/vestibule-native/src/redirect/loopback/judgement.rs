use vestibule::Callback;

use super::{head::Head, reply::Reply};

/// What is listened for, and where.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Door {
    /// Literal and port, as the redirect URI has them.
    pub(crate) authority: String,
    pub(crate) path: String,
}

impl Door {
    /// The answer that a request brings, whoever it is meant for; or how to refuse it (checklist F03 to F06).
    pub(crate) fn answer(&self, head: &Head) -> Result<Callback, Reply> {
        self.admit(head)?;
        let query = head.query.as_deref().ok_or(Reply::NotTheAnswer)?;
        Callback::parse(query).map_err(|_| Reply::NotTheAnswer)
    }

    /// Whether a request may come in at all: to this very name, at this very path, by a person's browser going there.
    pub(crate) fn admit(&self, head: &Head) -> Result<(), Reply> {
        if head.host.as_ref() != Some(&self.authority) {
            return Err(Reply::NotTheAnswer);
        }
        if head.method != "GET" {
            return Err(Reply::NotThisWay);
        }
        if head.path != self.path {
            return Err(Reply::NotHere);
        }
        if is_navigation(head) { Ok(()) } else { Err(Reply::NotTheAnswer) }
    }
}

/// Pages cannot choose these headers: a script's request or an image says what it is (Fetch Metadata). Older browsers send
/// `Origin` alone. Some keep an opaque one after a redirect from a form, and say that they navigate.
fn is_navigation(head: &Head) -> bool {
    let says_so = head.fetch_mode.as_deref() == Some("navigate");
    let mode_fits = says_so || head.fetch_mode.is_none();
    let dest_fits = head.fetch_dest.as_deref().is_none_or(|dest| dest == "document");
    let origin_fits = match head.origin.as_deref() {
        None => true,
        Some(origin) => says_so && origin == "null",
    };
    mode_fits && dest_fits && origin_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "Host: 127.0.0.1:8400\r\n";

    fn judged(request_line: &str, fields: &str) -> Result<Callback, Reply> {
        let door = Door { authority: "127.0.0.1:8400".to_owned(), path: "/callback".to_owned() };
        door.answer(&Head::parse(format!("{request_line} HTTP/1.1\r\n{fields}\r\n").as_bytes()).unwrap())
    }

    fn refused(request_line: &str, fields: &str) -> Reply {
        judged(request_line, fields).unwrap_err()
    }

    #[test]
    fn a_navigation_with_an_answer_comes_in() {
        for fields in [
            "",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nOrigin: null\r\n",
        ] {
            let callback = judged("GET /callback?code=c&state=s", &format!("{HOST}{fields}")).unwrap();
            assert_eq!(callback.state().unwrap().expose(), "s");
        }
    }

    #[test]
    fn f03_only_the_exact_path_is_answered() {
        for path in [
            "/",
            "/favicon.ico",
            "/callback/x",
            "/callback/",
            "//callback",
            "/Callback",
            "/%63allback",
            "/done",
        ] {
            assert_eq!(refused(&format!("GET {path}?code=c&state=s"), HOST), Reply::NotHere, "{path}");
        }
    }

    #[test]
    fn f04_the_host_is_the_literal_with_its_port_and_the_method_get() {
        for host in [
            "Host: evil.example:8400\r\n",
            "Host: localhost:8400\r\n",
            "Host: 127.0.0.1:8401\r\n",
            "Host: 127.0.0.1\r\n",
            "Host: 127.0.0.1:8400.\r\n",
            "",
        ] {
            assert_eq!(refused("GET /callback?code=c&state=s", host), Reply::NotTheAnswer, "{host}");
            assert_eq!(refused("GET /elsewhere", host), Reply::NotTheAnswer, "{host}");
        }
        for method in ["POST", "OPTIONS", "HEAD", "PUT", "get"] {
            let line = format!("{method} /callback?code=c&state=s");
            assert_eq!(refused(&line, HOST), Reply::NotThisWay, "{method}");
        }
    }

    #[test]
    fn f05_what_is_no_answer_is_refused_before_its_state_is_looked_at() {
        for target in
            ["/callback", "/callback?code=%", "/callback?code=a&code=b&state=s", "/callback?state=s&state=s"]
        {
            assert_eq!(refused(&format!("GET {target}"), HOST), Reply::NotTheAnswer, "{target}");
        }
    }

    #[test]
    fn f06_requests_by_pages_are_refused() {
        for fields in [
            "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nOrigin: https://evil.example\r\n",
            "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
            "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: empty\r\n",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n",
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nOrigin: https://evil.example\r\n",
            "Sec-Fetch-Mode: websocket\r\n",
            "Origin: https://evil.example\r\n",
            "Origin: null\r\n",
        ] {
            let fields = format!("{HOST}{fields}");
            assert_eq!(refused("GET /callback?code=c&state=s", &fields), Reply::NotTheAnswer, "{fields}");
        }
        let preflight = "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\
                         Access-Control-Request-Private-Network: true\r\n";
        assert_eq!(refused("OPTIONS /callback", &format!("{HOST}{preflight}")), Reply::NotThisWay);
    }
}
