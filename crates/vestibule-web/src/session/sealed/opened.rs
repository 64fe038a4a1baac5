use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use quick_cache::{Equivalent, Weighter, sync::Cache};

use crate::{cookie::chunks::Series, session::Handle, store::SessionRecord};

/// How many bytes the sessions take at most that are remembered.
const CAPACITY: u64 = 8 * 1024 * 1024;
/// About how many bytes one is.
const TYPICAL: u64 = 4 * 1024;

/// A session whose seal was opened. Whether it is alive is another question.
pub(super) struct Opened {
    pub(super) handle: Handle,
    pub(super) record: Arc<SessionRecord>,
}

/// The seals that were opened lately, and what was inside: a browser brings the same cookies with every request. Only
/// what opened is remembered, and only for the very same cookies; lifetimes and logouts are asked about every time.
pub(crate) struct OpenedLately(Cache<Cookies, Arc<Opened>, BySize>);

/// What decides whether a seal opens, and to what.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct CookiesOf<'a> {
    pub(super) version: u32,
    pub(super) series: Series,
    pub(super) text: &'a str,
}

struct Cookies {
    version: u32,
    series: Series,
    text: Box<str>,
}

impl OpenedLately {
    pub(super) fn get_or_open<E>(
        &self,
        cookies: CookiesOf<'_>,
        open: impl FnOnce() -> Result<Opened, E>,
    ) -> Result<Arc<Opened>, E> {
        if let Some(known) = self.0.get(&cookies) {
            return Ok(known);
        }
        let opened = Arc::new(open()?);
        self.0.insert(cookies.into(), Arc::clone(&opened));
        Ok(opened)
    }
}

impl Default for OpenedLately {
    fn default() -> Self {
        let items = usize::try_from(CAPACITY / TYPICAL).unwrap_or_default();
        Self(Cache::with_weighter(items, CAPACITY, BySize))
    }
}

impl Hash for CookiesOf<'_> {
    /// The end of what is sealed is its tag, and tells it from all others that ever opened.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let text = self.text.as_bytes();
        text.last_chunk::<24>().map_or(text, |tag| tag.as_slice()).hash(state);
    }
}

impl Hash for Cookies {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrowed().hash(state);
    }
}

impl Equivalent<Cookies> for CookiesOf<'_> {
    fn equivalent(&self, known: &Cookies) -> bool {
        *self == known.borrowed()
    }
}

impl PartialEq for Cookies {
    fn eq(&self, other: &Self) -> bool {
        self.borrowed() == other.borrowed()
    }
}

impl Eq for Cookies {}

impl Cookies {
    fn borrowed(&self) -> CookiesOf<'_> {
        CookiesOf { version: self.version, series: self.series, text: &self.text }
    }
}

impl From<CookiesOf<'_>> for Cookies {
    fn from(CookiesOf { version, series, text }: CookiesOf<'_>) -> Self {
        Self { version, series, text: text.into() }
    }
}

/// Weighs in bytes.
#[derive(Clone)]
struct BySize;

impl Weighter<Cookies, Arc<Opened>> for BySize {
    fn weight(&self, cookies: &Cookies, opened: &Arc<Opened>) -> u64 {
        let fixed = size_of::<Cookies>() + size_of::<Opened>() + size_of::<SessionRecord>();
        let record = &opened.record;
        let scopes = size_of_val(record.scopes.as_slice());
        (fixed + cookies.text.len() + record.grant.len() + record.data.len() + scopes) as u64
    }
}

impl fmt::Debug for OpenedLately {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedLately").field("sessions", &self.0.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use vestibule::testing::SeededRandom;

    use super::*;
    use crate::store::{NewSession, PublicId, Realm, Retention, StoreTime, transition};

    fn series(seed: u64) -> Series {
        Series::new(100, &SeededRandom::new(seed)).unwrap().unwrap()
    }

    fn opened(size: usize) -> Opened {
        let handle = Handle::generate(&SeededRandom::new(1)).unwrap();
        let life = std::time::Duration::from_secs(60);
        let session = NewSession {
            key: handle.key(),
            public_id: PublicId::from_bytes([0; 16]),
            subject: Realm::new("https://acme.example", "dashboard").subject("alice"),
            scopes: Vec::new(),
            began: StoreTime::from_millis(0),
            idle: life,
            absolute: life,
            label: Bytes::new(),
            grant: vec![0; size].into(),
            refresh: None,
            data: Bytes::new(),
        };
        let retention = Retention { cutoffs: life, logout_ids: life };
        Opened { handle, record: Arc::new(transition::insert(session, StoreTime::from_millis(0), retention)) }
    }

    #[test]
    fn d03_only_the_very_same_cookies_are_known_again() {
        let (lately, text) = (OpenedLately::default(), "x".repeat(100));
        let known = CookiesOf { version: 1, series: series(1), text: &text };
        assert!(lately.get_or_open(known, || Err("refused")).is_err(), "a refusal is not remembered");
        assert!(lately.get_or_open(known, || Ok::<_, ()>(opened(10))).is_ok());
        assert!(lately.get_or_open(known, || Err("asked again")).is_ok());
        // Their ends, which they are looked up by, are alike.
        let [changed, longer] = [format!("y{}", &text[1..]), format!("x{text}")];
        for other in [
            CookiesOf { version: 2, ..known },
            CookiesOf { series: series(2), ..known },
            CookiesOf { text: &changed, ..known },
            CookiesOf { text: &longer, ..known },
            CookiesOf { text: &text[1..], ..known },
            CookiesOf { text: "", ..known },
        ] {
            assert_eq!(lately.get_or_open(other, || Err("refused")).err(), Some("refused"));
        }
    }

    #[test]
    fn d06_what_is_remembered_has_a_bound() {
        let lately = OpenedLately::default();
        for number in 0..2000 {
            let text = format!("{number:05000}");
            let cookies = CookiesOf { version: 0, series: series(1), text: &text };
            assert!(lately.get_or_open(cookies, || Ok::<_, ()>(opened(5000))).is_ok());
        }
        assert!(lately.0.weight() <= CAPACITY);
        assert!(lately.0.len() > 100);
    }
}
