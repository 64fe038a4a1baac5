use super::{head::HeadError, page};

/// All that is ever answered: nothing in it comes from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The answer was taken: to the page, by an address that holds no code (checklist F10).
    Taken,
    /// The page at the end.
    Done,
    NotTheAnswer,
    NotHere,
    NotThisWay,
    TooSlow,
    TooLarge,
}

/// Where the page at the end is.
pub(crate) const DONE: &str = "/done";

impl Reply {
    /// The whole response. No header lets other pages read it, or reach this network.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let (status, more, body) = match self {
            Self::Taken => ("303 See Other", format!("Location: {DONE}\r\n"), String::new()),
            Self::Done => ("200 OK", page::headers(), page::done()),
            Self::NotTheAnswer => ("400 Bad Request", plain(), NOT_THE_ANSWER.to_owned()),
            Self::NotHere => ("404 Not Found", plain(), "There is nothing here.\n".to_owned()),
            Self::NotThisWay => (
                "405 Method Not Allowed",
                format!("Allow: GET\r\n{}", plain()),
                "Only GET is answered.\n".to_owned(),
            ),
            Self::TooSlow => ("408 Request Timeout", plain(), "The request took too long.\n".to_owned()),
            Self::TooLarge => {
                ("431 Request Header Fields Too Large", plain(), "The request is too large.\n".to_owned())
            }
        };
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\nCache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl From<HeadError> for Reply {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::Malformed => Self::NotTheAnswer,
            HeadError::TooLarge => Self::TooLarge,
            HeadError::Slow => Self::TooSlow,
        }
    }
}

const NOT_THE_ANSWER: &str = "This is not the answer to a sign-in that is under way here.\n\
                              Go back to the application and start again from there.\n";

fn plain() -> String {
    "Content-Type: text/plain; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n".to_owned()
}
