use std::sync::Arc;

use vestibule::RawIdToken;

use super::{
    Content, Outbox, SealedSessions, context,
    ended_here::EndedHere,
    look,
    opened::{CookiesOf, Opened},
};
use crate::{
    SessionError,
    cookie::{CookieNames, SetCookie, chunks, find_prefixed},
    engine::Engine,
    http::RequestHead,
    session::{Handle, Session, Visitor, grant::kept_id_token, visit::is_due},
    store::{GoneReason, SessionKey, SessionRecord, Stamped, StoreError, transition},
};

/// How many versions are tried: late answers leave few behind.
const TRIES: usize = 4;
/// How many cookies of sealed sessions a request may bring: they are held against each other. A browser keeps a few.
const MOST: usize = 64;
/// How many changes of one session may be under way while another takes its place.
const STRIDE: u32 = 256;

/// The cookies of a sealed session as a request brought them, unopened.
#[derive(Debug, Default)]
pub(crate) struct Presented {
    cookies: Vec<Cookie>,
    ended_here: EndedHere,
    is_ambiguous: bool,
}

#[derive(Debug)]
struct Cookie {
    at: Numbered,
    value: String,
}

/// Which cookie of a session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    version: u32,
    number: usize,
}

impl Numbered {
    pub(super) fn name(self, engine: &Engine) -> String {
        format!("{}.{}", engine.names.sealed(self.version.into()), self.number)
    }
}

impl Presented {
    pub(crate) fn read(names: &CookieNames, head: &RequestHead<'_>) -> Self {
        let mut presented = Self::default();
        let mut seen_ended = false;
        for (name, value) in find_prefixed(head, &names.sealed_prefix) {
            if presented.cookies.len() >= MOST {
                presented.is_ambiguous = true;
                break;
            }
            if name == CookieNames::ENDED {
                presented.is_ambiguous |= std::mem::replace(&mut seen_ended, true);
                presented.ended_here = EndedHere::read(value);
            } else if let Some(at) = parse(name) {
                presented.is_ambiguous |= presented.cookies.iter().any(|cookie| cookie.at == at);
                presented.cookies.push(Cookie { at, value: value.to_owned() });
            }
        }
        presented
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// The handle inside, whether or not the session is alive.
    pub(crate) fn handle(&self, engine: &Engine, sealed: &SealedSessions) -> Option<Handle> {
        self.open(engine, sealed).map(|opened| opened.handle.clone())
    }

    /// The ID token inside, whether or not the session is alive.
    pub(crate) fn id_token(&self, engine: &Engine, sealed: &SealedSessions) -> Option<RawIdToken> {
        self.open(engine, sealed).and_then(|opened| kept_id_token(&opened.record.grant))
    }

    /// The session's record, if it is alive.
    pub(crate) async fn peek(
        &self,
        engine: &Engine,
        sealed: &SealedSessions,
    ) -> Result<Option<Stamped<Arc<SessionRecord>>>, StoreError> {
        let Some(opened) = self.open(engine, sealed) else { return Ok(None) };
        let alive = look(engine, &opened.record).await?.ok();
        Ok(alive.map(|at| Stamped { at, reply: Arc::clone(&opened.record) }))
    }

    /// Who makes the request that brought these.
    pub(crate) async fn load(
        &self,
        engine: &Arc<Engine>,
        sealed: &SealedSessions,
    ) -> Result<Visitor, SessionError> {
        let Some(opened) = self.open(engine, sealed) else { return Ok(Visitor::Anonymous) };
        let Opened { handle, record } = &*opened;
        let now = match look(engine, record).await? {
            Ok(now) => now,
            Err(GoneReason::Revoked) => return Ok(refused("session.revoked")),
            Err(GoneReason::Idle | GoneReason::Expired) => return Ok(refused("session.expired")),
        };
        let mut record = Arc::clone(record);
        let outbox = Outbox::new(self.numbers());
        // That replaces a key that is the first no more, too. At once would be with every request, while one node has
        // the rotated ring and another has not.
        if is_due(engine.lifetimes.idle, &record, now) {
            transition::touch(&mut record, now, engine.lifetimes.idle);
            if let Err(error) = outbox.put(engine, handle, &record, now) {
                // The session is live; only its cookies stay as they are.
                tracing::warn!(
                    event = "session.not_sealed_again",
                    code = vestibule::Diagnose::code(&error),
                    "a session was not sealed again"
                );
            }
        }
        let session = Session::new(engine, handle, record, Some(outbox));
        Ok(session.map_or(Visitor::Anonymous, Visitor::SignedIn))
    }

    /// A version for another session: far above all that this browser holds, so that no late answer has it.
    pub(crate) fn next_version(&self) -> u64 {
        let highest = self.cookies.iter().map(|cookie| cookie.at.version).max();
        let above = highest.and_then(|version| version.checked_add(STRIDE)).unwrap_or_default();
        above.max(self.ended_here.next_version).into()
    }

    /// Which cookies these are.
    pub(super) fn numbers(&self) -> Vec<Numbered> {
        self.cookies.iter().map(|cookie| cookie.at).collect()
    }

    /// The `Set-Cookie` value that remembers that a session ended in this browser.
    pub(crate) fn mark(&self, engine: &Engine, ended: &SessionKey, next_version: u64) -> String {
        let (name, value) = (engine.names.ended_here(), self.ended_here.and(ended, next_version));
        let max_age = engine.lifetimes.absolute.as_secs();
        SetCookie { name: &name, value: &value, max_age, secure: engine.secure }.to_header()
    }

    /// The `Set-Cookie` values that forget the session, and remember that it ended.
    pub(crate) fn removal(&self, engine: &Engine, ended: Option<&SessionKey>) -> Vec<String> {
        let forget = |cookie: &Cookie| {
            let name = cookie.at.name(engine);
            SetCookie { name: &name, value: "", max_age: 0, secure: engine.secure }.to_header()
        };
        let mark = ended.map(|key| self.mark(engine, key, self.next_version()));
        self.cookies.iter().map(forget).chain(mark).collect()
    }

    /// The highest version that opens.
    fn open(&self, engine: &Engine, sealed: &SealedSessions) -> Option<Arc<Opened>> {
        if self.is_ambiguous {
            refused("session.cookie_ambiguous");
            return None;
        }
        let versions = || self.cookies.iter().map(|cookie| cookie.at.version);
        let below = |version: &u32| versions().filter(|other| other < version).max();
        let open = |version| self.open_version(engine, sealed, version).map_err(refused).ok();
        std::iter::successors(versions().max(), below).take(TRIES).find_map(open)
    }

    fn open_version(
        &self,
        engine: &Engine,
        sealed: &SealedSessions,
        version: u32,
    ) -> Result<Arc<Opened>, &'static str> {
        let of_version = self.cookies.iter().filter(|cookie| cookie.at.version == version);
        let joined = chunks::join(&of_version.map(|cookie| (cookie.at.number, cookie.value.as_str())));
        let (series, text) = joined.map_err(|_| "session.chunk_invalid")?;
        let cookies = CookiesOf { version, series, text: &text };
        let opened = sealed.opened_lately.get_or_open(cookies, || unseal(engine, sealed, cookies))?;
        if self.ended_here.contains(&opened.record.key) {
            return Err("session.superseded");
        }
        Ok(opened)
    }
}

fn unseal(engine: &Engine, sealed: &SealedSessions, cookies: CookiesOf<'_>) -> Result<Opened, &'static str> {
    let CookiesOf { version, series, text } = cookies;
    let name = engine.names.sealed(u64::from(version));
    let plain = sealed.sealer.open_text(&context(engine, &name, &series), text);
    let plain = plain.ok_or("session.seal_invalid")?;
    let content = Content::from_bytes(&plain).ok_or("session.format_unknown")?;
    let handle = content.handle.clone();
    let record = sealed.record(engine, handle.key(), content, version.into());
    let record = record.ok_or("session.format_unknown")?;
    Ok(Opened { handle, record: Arc::new(record) })
}

/// A session that is none any more, or never was one: the request is anonymous, and the log says why.
fn refused(code: &'static str) -> Visitor {
    tracing::info!(event = "session.not_accepted", code, "a sealed session is not accepted");
    Visitor::Anonymous
}

/// `version.number`, written as we write it.
fn parse(name: &str) -> Option<Numbered> {
    let (version, number) = name.split_once('.')?;
    let plain = |digits: &str| {
        digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let number: usize = number.parse().ok().filter(|_| plain(number))?;
    let version = version.parse().ok().filter(|_| plain(version))?;
    (number < chunks::MOST).then_some(Numbered { version, number })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn d06_so_many_cookies_are_nobodys() {
        let names = CookieNames::new("https://op.example", "app", true);
        let read = |count: usize| {
            let cookies: Vec<_> =
                (0..count).map(|version| format!("{}.{version}.0=x", names.session)).collect();
            let value = HeaderValue::try_from(cookies.join("; ")).unwrap();
            let headers: HeaderMap = [(http::header::COOKIE, value)].into_iter().collect();
            Presented::read(&names, &RequestHead::from_parts("GET", "/", None, &headers))
        };
        assert!(!read(MOST).is_ambiguous);
        let flood = read(10 * MOST);
        assert!(flood.is_ambiguous && flood.cookies.len() == MOST);
    }

    #[test]
    fn d06_a_number_is_written_in_one_way() {
        assert_eq!(parse("0.0"), Some(Numbered { version: 0, number: 0 }));
        assert_eq!(parse("4294967295.4"), Some(Numbered { version: u32::MAX, number: 4 }));
        for name in [
            "",
            ".",
            "0",
            "0.",
            ".0",
            "0.5",
            "0.00",
            "00.0",
            "01.0",
            "0.01",
            "-1.0",
            "0.-1",
            "+1.0",
            "0.+1",
            "0.0.0",
            "0.99999999",
            "4294967296.0",
            "99999999999999999999.0",
            "0x1.0",
            "1e1.0",
            " 1.0",
            "1.0 ",
            "٣.0",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
