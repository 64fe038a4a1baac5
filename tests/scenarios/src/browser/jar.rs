use std::{collections::BTreeMap, time::Duration};

use http::Method;
use vestibule::Clock;

use super::Request;
use crate::{Answer, Node};

/// The cookies of one browser, by host: ports and paths keep none apart here, as in browsers.
#[derive(Debug, Default)]
pub struct Jar(BTreeMap<String, Vec<Cookie>>);

/// One cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    ends: Option<Duration>,
    lax: bool,
}

impl Jar {
    /// The `Cookie` header for a request.
    pub(super) fn header(&mut self, node: &Node, request: &Request) -> Option<String> {
        let keeps_lax_back = request.cross_site && request.method != Method::GET;
        let sent: Vec<_> = self
            .of(node)
            .into_iter()
            .filter(|cookie| !(cookie.lax && keeps_lax_back))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }

    pub(super) fn of(&mut self, node: &Node) -> Vec<Cookie> {
        let now = node.clock().unix_time();
        let cookies = self.0.entry(node.host()).or_default();
        cookies.retain(|cookie| cookie.ends.is_none_or(|ends| now < ends));
        cookies.clone()
    }

    pub(super) fn keep(&mut self, node: &Node, answer: &Answer) {
        for header in answer.set_cookies() {
            if let Some(cookie) = parse(header, node.clock().unix_time()) {
                self.put(node, cookie);
            }
        }
    }

    pub(super) fn plant(&mut self, node: &Node, name: &str, value: &str) {
        self.put(node, Cookie { name: name.to_owned(), value: value.to_owned(), ends: None, lax: false });
    }

    pub(super) fn clear(&mut self, node: &Node) {
        self.0.remove(&node.host());
    }

    /// A known cookie keeps its place: browsers send in the order of creation.
    fn put(&mut self, node: &Node, cookie: Cookie) {
        let cookies = self.0.entry(node.host()).or_default();
        match cookies.iter_mut().find(|known| known.name == cookie.name) {
            Some(known) => *known = cookie,
            None => cookies.push(cookie),
        }
    }
}

/// Reads a `Set-Cookie` over https; `None` for what a browser drops (RFC 6265bis section 5.6 and 4.1.3).
fn parse(header: &str, now: Duration) -> Option<Cookie> {
    let mut parts = header.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let attributes: Vec<_> = parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let attribute = |name: &str| attributes.iter().rfind(|(known, _)| known == name).map(|(_, value)| *value);
    let secure = attribute("secure").is_some();
    let host_only = attribute("domain").is_none() && attribute("path") == Some("/");
    if name.starts_with("__Host-") && !(secure && host_only) {
        return None;
    }
    let same_site = attribute("samesite").unwrap_or("Lax");
    if same_site.eq_ignore_ascii_case("none") && !secure {
        return None;
    }
    let max_age = attribute("max-age").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    (name.len() + value.len() <= 4096).then(|| Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        ends: max_age.map(|age| now + age),
        lax: !same_site.eq_ignore_ascii_case("none"),
    })
}
