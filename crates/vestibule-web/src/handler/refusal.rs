use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::http::{Reply, reply};

/// The answer to a request whose handler does not get what it asks for.
#[derive(Debug)]
pub struct Refusal {
    reply: Reply,
    stands: bool,
}

impl Refusal {
    /// Nobody is there; a handler that also takes nobody may go on.
    pub(super) fn to_nobody(reply: Reply) -> Self {
        Self { reply, stands: false }
    }

    /// There is somebody who may not go on, or nobody can tell.
    pub(super) fn standing(reply: Reply) -> Self {
        Self { reply, stands: true }
    }

    /// The adapter was not put in front of the handler.
    pub(super) fn not_wrapped(path: &str) -> Self {
        tracing::error!(
            event = "config.not_wrapped",
            code = "config.not_wrapped",
            path,
            "a handler asks for a session or a token outside of `wrap` or `wrap_api`: wrap the finished application, last"
        );
        let mut reply = reply::empty(StatusCode::INTERNAL_SERVER_ERROR);
        *reply.body_mut() = Bytes::from_static(b"the application is not set up correctly");
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        reply.headers_mut().insert(header::CONTENT_TYPE, plain);
        Self::standing(reply)
    }

    /// Whether this is the answer whatever the handler says, which a framework may let go on without what it asked for:
    /// neither an outage nor a refused token may look like nobody.
    pub fn stands(&self) -> bool {
        self.stands
    }

    /// The answer.
    pub fn into_reply(self) -> Reply {
        self.reply
    }
}
