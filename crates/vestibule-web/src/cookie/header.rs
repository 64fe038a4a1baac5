use memchr::{memchr, memchr_iter};

use crate::http::RequestHead;

/// What a cookie header says about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CookieLookup<'a> {
    /// Exactly one cookie of that name.
    One(&'a str),
    /// None.
    Absent,
    /// More than one: a sibling domain may have planted one, so that none is believed (checklist D02).
    Ambiguous,
}

/// Looks a cookie up by its exact octets: no trimming beyond the separator's space, no unquoting, no `$Version`.
pub(crate) fn find<'a>(head: &RequestHead<'a>, name: &str) -> CookieLookup<'a> {
    let mut found = CookieLookup::Absent;
    each_cookie(head, &mut |cookie, value| {
        if cookie == name.as_bytes() {
            found = match (&found, std::str::from_utf8(value)) {
                (CookieLookup::Absent, Ok(value)) => CookieLookup::One(value),
                _ => CookieLookup::Ambiguous,
            };
        }
    });
    found
}

/// All cookies whose names start with `prefix`, with what follows it.
pub(crate) fn find_prefixed<'a>(head: &RequestHead<'a>, prefix: &str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    each_cookie(head, &mut |cookie, value| {
        let rest = cookie.strip_prefix(prefix.as_bytes()).and_then(|rest| std::str::from_utf8(rest).ok());
        if let (Some(rest), Ok(value)) = (rest, std::str::from_utf8(value)) {
            found.push((rest, value));
        }
    });
    found
}

fn each_cookie<'a>(head: &RequestHead<'a>, found: &mut dyn FnMut(&'a [u8], &'a [u8])) {
    head.headers.each("cookie", &mut |line| {
        let mut start = 0;
        for end in memchr_iter(b';', line).chain([line.len()]) {
            let pair = line.get(start..end).unwrap_or_default();
            start = end + 1;
            let pair = pair.strip_prefix(b" ").unwrap_or(pair);
            if let Some(at) = memchr(b'=', pair) {
                let (name, value) = pair.split_at(at);
                found(name, value.get(1..).unwrap_or_default());
            }
        }
    });
}

/// A `Set-Cookie` of ours: always HttpOnly, always for the whole site, never for a domain (checklist D01).
pub(crate) struct SetCookie<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    pub(crate) max_age: u64,
    pub(crate) secure: bool,
}

impl SetCookie<'_> {
    pub(crate) fn to_header(&self) -> String {
        self.with(&format!("SameSite=Lax; Max-Age={}", self.max_age))
    }

    /// Sent with the posts of other sites' pages too, which needs https (RFC 6265bis section 4.1.2.7).
    pub(crate) fn for_posts_of_others(&self) -> String {
        self.with(&format!("SameSite=None; Max-Age={}", self.max_age))
    }

    /// Kept until the browser closes, whatever `max_age` says.
    pub(crate) fn until_the_browser_closes(&self) -> String {
        self.with("SameSite=Lax")
    }

    fn with(&self, attributes: &str) -> String {
        let Self { name, value, secure, .. } = self;
        let secure = if *secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; {attributes}{secure}")
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn lookup(lines: &[&[u8]], name: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("cookie", HeaderValue::from_bytes(line).unwrap());
        }
        let head = RequestHead::from_parts("GET", "/", None, &headers);
        format!("{:?}", find(&head, name))
    }

    #[test]
    fn d02_only_the_exact_name_counts_and_only_once() {
        assert_eq!(lookup(&[b"a=1; __Host-x=v; b=2"], "__Host-x"), "One(\"v\")");
        assert_eq!(lookup(&[b"__Host-x=v; __Host-x=w"], "__Host-x"), "Ambiguous");
        assert_eq!(lookup(&[b"__Host-x=v", b"__Host-x=w"], "__Host-x"), "Ambiguous");
        assert_eq!(lookup(&["\u{2000}__Host-x=v".as_bytes()], "__Host-x"), "Absent");
        assert_eq!(lookup(&[b"$Version=1; __host-x=v"], "__Host-x"), "Absent");
        assert_eq!(lookup(&[b"=__Host-x=v"], "__Host-x"), "Absent");
        assert_eq!(lookup(&[b"  __Host-x=v"], "__Host-x"), "Absent");
        assert_eq!(lookup(&[b"__Host-x=\"v\""], "__Host-x"), "One(\"\\\"v\\\"\")");
        assert_eq!(lookup(&[b"__Host-x=\xff"], "__Host-x"), "Ambiguous");
    }
}
