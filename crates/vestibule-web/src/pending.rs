use vestibule::PendingLogin;
use zeroize::Zeroizing;

use crate::{
    cookie::{CookieLookup, CookieNames, Sealer, SetCookie, find, find_prefixed},
    http::RequestHead,
    initiation::Initiation,
    return_to::ReturnTo,
    store::{Scope, SessionKey, StoreTime},
};

/// How long a login may take, in seconds (checklist C04).
pub(crate) const LIFETIME: u64 = 600;
/// How many logins of one browser may be pending (checklist C03).
const MOST: usize = 8;
/// The longest cookie, name and value together: as many of them as there may be, and a session, stay below the 8 KiB
/// that servers take in one header (checklist C03).
const LONGEST: usize = 960;

/// A login under way, sealed into a cookie of its own: the server keeps nothing.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) login: PendingLogin,
    /// When the login started, in store time: the anchor of the cutoff rule.
    pub(crate) began: StoreTime,
    pub(crate) return_to: ReturnTo,
    /// What a third party asked for, so that a fresh start asks for it again.
    pub(crate) initiation: Initiation,
    /// How often the login was started afresh because a logout overtook it.
    pub(crate) restarts: u8,
    /// Whether nobody asked for it, so that nobody is to hear of its failure.
    pub(crate) silent: bool,
    /// The session that it replaces, where the browser will not be able to tell with the answer.
    pub(crate) replaces: Option<SessionKey>,
    /// From which version a sealed session is above those that the browser has, where it will not be able to tell.
    pub(crate) version: u32,
    /// Whose login it must be, when a signed-in user logs in once more (checklist C22).
    pub(crate) subject: Option<Scope>,
}

/// Flags that share their byte with the count of restarts.
const SILENT: u8 = 0x80;
const REPLACES: u8 = 0x40;
const VERSION: u8 = 0x20;
const SUBJECT: u8 = 0x10;
const INITIATION: u8 = 0x08;

/// Reads and writes pending logins.
#[derive(Debug)]
pub(crate) struct PendingCookies<'a> {
    pub(crate) names: &'a CookieNames,
    pub(crate) sealer: &'a Sealer,
    pub(crate) secure: bool,
    /// Whether the answer is a post from another site.
    pub(crate) answered_by_form: bool,
    pub(crate) origin: &'a url::Url,
}

impl PendingCookies<'_> {
    /// The `Set-Cookie` values that keep this login: its own, and removals of the oldest beyond the cap.
    pub(crate) fn keep(
        &self,
        head: &RequestHead<'_>,
        pending: &Pending,
    ) -> Result<Vec<String>, vestibule::RandomError> {
        let name = self.names.pending(pending.login.state().expose());
        let (place, nothing) = (&pending.return_to, &Initiation::default());
        let mut value = self.seal(&name, pending, place, &pending.initiation)?;
        // What only a fresh start needs goes first.
        for shorter in [place, &place.without_query(), &ReturnTo::home()] {
            if name.len() + value.len() <= LONGEST {
                break;
            }
            value = self.seal(&name, pending, shorter, nothing)?;
        }
        let mut cookies = vec![self.set(&name, &value, LIFETIME)];
        cookies.extend(self.beyond_the_cap(head).iter().map(|name| self.set(name, "", 0)));
        Ok(cookies)
    }

    /// The login that this browser started with that `state`. `Err(true)` when its cookie is there and cannot be used.
    pub(crate) fn find(&self, head: &RequestHead<'_>, state: &str, now: StoreTime) -> Result<Pending, bool> {
        let name = self.names.pending(state);
        match find(head, &name) {
            CookieLookup::One(value) => {
                let pending = self.open(&name, value).ok_or(true)?;
                let fresh = now.since(pending.began).as_secs() <= LIFETIME;
                if fresh { Ok(pending) } else { Err(true) }
            }
            CookieLookup::Ambiguous => Err(true),
            CookieLookup::Absent => Err(false),
        }
    }

    /// The `Set-Cookie` value that forgets the login with that `state`.
    pub(crate) fn forget(&self, state: &str) -> String {
        self.set(&self.names.pending(state), "", 0)
    }

    fn beyond_the_cap(&self, head: &RequestHead<'_>) -> Vec<String> {
        let mut others: Vec<_> = find_prefixed(head, &self.names.pending_prefix)
            .into_iter()
            .map(|(rest, value)| {
                let name = format!("{}{rest}", self.names.pending_prefix);
                let began = self.open(&name, value).map(|pending| pending.began);
                (began, name)
            })
            .collect();
        // What cannot be opened sorts first and goes first.
        others.sort();
        let surplus = (others.len() + 1).saturating_sub(MOST);
        others.into_iter().take(surplus).map(|(_, name)| name).collect()
    }

    /// began (8) | flags and restarts (1) | if flagged, the key of the session that it replaces (32) | if flagged, the
    /// version (4) | if flagged, its subject (32) | if flagged, the length of the initiation (2) and the initiation |
    /// length of the path (2) | path | the core's bytes
    fn seal(
        &self,
        name: &str,
        pending: &Pending,
        return_to: &ReturnTo,
        initiation: &Initiation,
    ) -> Result<String, vestibule::RandomError> {
        let login = pending.login.to_bytes();
        let (path, form) = (return_to.as_str(), initiation.to_form());
        let mut plain = Zeroizing::new(Vec::with_capacity(81 + form.len() + path.len() + login.len()));
        plain.extend_from_slice(&pending.began.as_millis().to_be_bytes());
        let silent = if pending.silent { SILENT } else { 0 };
        let replaces = if pending.replaces.is_some() { REPLACES } else { 0 };
        let version = if pending.version == 0 { 0 } else { VERSION };
        let subject = if pending.subject.is_some() { SUBJECT } else { 0 };
        let initiated = if initiation.is_empty() { 0 } else { INITIATION };
        plain.push(pending.restarts | silent | replaces | version | subject | initiated);
        if let Some(key) = &pending.replaces {
            plain.extend_from_slice(key.as_bytes());
        }
        if pending.version != 0 {
            plain.extend_from_slice(&pending.version.to_be_bytes());
        }
        if let Some(subject) = &pending.subject {
            plain.extend_from_slice(subject.as_bytes());
        }
        if initiated != 0 {
            extend_with_text(&mut plain, &form);
        }
        extend_with_text(&mut plain, path);
        plain.extend_from_slice(&login);
        self.sealer.seal_text(&[name.as_bytes()], &plain)
    }

    fn open(&self, name: &str, value: &str) -> Option<Pending> {
        let plain = self.sealer.open_text(&[name.as_bytes()], value)?;
        let (began, rest) = plain.split_first_chunk::<8>()?;
        let (flags, rest) = rest.split_first()?;
        let (replaces, rest) = flagged(flags & REPLACES, rest)?;
        let (version, rest) = flagged(flags & VERSION, rest)?;
        let (subject, rest) = flagged(flags & SUBJECT, rest)?;
        let (form, rest) = if flags & INITIATION == 0 { ("", rest) } else { text(rest)? };
        let (path, login) = text(rest)?;
        Some(Pending {
            login: PendingLogin::from_bytes(login)?,
            began: StoreTime::from_millis(u64::from_be_bytes(*began)),
            return_to: ReturnTo::parse(path, self.origin)?,
            initiation: Initiation::from_form(form)?,
            restarts: flags & !(SILENT | REPLACES | VERSION | SUBJECT | INITIATION),
            silent: flags & SILENT != 0,
            replaces: replaces.map(SessionKey::from_bytes),
            version: version.map_or(0, u32::from_be_bytes),
            subject: subject.map(Scope::from_bytes),
        })
    }

    fn set(&self, name: &str, value: &str, max_age: u64) -> String {
        let cookie = SetCookie { name, value, max_age, secure: self.secure };
        if self.answered_by_form { cookie.for_posts_of_others() } else { cookie.to_header() }
    }
}

/// What is there if its flag is set, and the rest.
fn flagged<const N: usize>(flag: u8, from: &[u8]) -> Option<(Option<[u8; N]>, &[u8])> {
    if flag == 0 {
        return Some((None, from));
    }
    let (bytes, rest) = from.split_first_chunk::<N>()?;
    Some((Some(*bytes), rest))
}

/// Its length (2) and the text. Whatever is longer than that can tell is too long for a cookie anyway.
fn extend_with_text(plain: &mut Vec<u8>, text: &str) {
    plain.extend_from_slice(&u16::try_from(text.len()).unwrap_or_default().to_be_bytes());
    plain.extend_from_slice(text.as_bytes());
}

/// A text that has its length before it, and the rest.
fn text(from: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = from.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some((std::str::from_utf8(text).ok()?, rest))
}
