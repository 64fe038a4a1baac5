use super::*;
use crate::KeySet;

fn pages() -> Vec<(&'static str, Answer, &'static str)> {
    let padded = |length: usize| {
        let mut set = key_set(&["k2"]);
        set["padding"] = json!("x".repeat(length));
        set
    };
    let many: Vec<Value> = (0..101).map(|_| TestKey::new(Algorithm::Es256, "k2").jwk()).collect();
    let status = |status: u16| Answer::Page { status, header: None, body: key_set(&["k2"]).to_string() };
    vec![
        ("101 keys", Answer::page(&json!({ "keys": many })), "jwks.too_large"),
        ("257 KiB", Answer::page(&padded(257 * 1024)), "jwks.too_large"),
        ("an empty set", Answer::page(&json!({ "keys": [] })), "jwks.no_usable_key"),
        ("no set", Answer::page(&json!({ "key": [] })), "jwks.malformed"),
        ("keys of another type", Answer::page(&json!({ "keys": { "k2": {} } })), "jwks.malformed"),
        ("HTML", Answer::page("<html>Sorry</html>"), "jwks.malformed"),
        ("a repeated name", Answer::page(&r#"{"keys":[],"keys":[]}"#), "jwks.malformed"),
        ("nothing", Answer::page(""), "jwks.malformed"),
        ("half a set", Answer::page(&key_set(&["k2"]).to_string()[..100]), "jwks.malformed"),
        ("status 500", status(500), "jwks.unavailable"),
        ("status 404", status(404), "jwks.unavailable"),
        ("status 204", status(204), "jwks.unavailable"),
        ("no answer", Answer::Unreachable, "jwks.unavailable"),
    ]
}

#[test]
fn e17_h06_the_last_good_set_stays() {
    for (input, page, _) in pages() {
        let node = Node::new();
        node.current().unwrap();
        node.serve(page);
        node.pass(600);
        assert_eq!(node.current().unwrap(), ["k1"], "{input}");
        assert_eq!(node.fetches(), 2, "{input}");
    }
}

#[test]
fn e17_h06_without_one_there_are_no_keys() {
    for (input, page, expected) in pages() {
        let node = Node::new();
        node.serve(page);
        assert_eq!(code(node.current()), expected, "{input}");
        assert_eq!(code(node.current()), expected, "{input}, again");
        assert_eq!(node.fetches(), 1, "{input}");
    }
}

#[test]
fn e17_the_limits_themselves_are_fine() {
    let hundred: Vec<Value> = (0..100).map(|_| TestKey::new(Algorithm::Es256, "k").jwk()).collect();
    let set = KeySet::parse(json!({ "keys": hundred }).to_string().as_bytes()).unwrap();
    assert_eq!(set.keys().len(), 100);
    let body = key_set(&["k"]).to_string();
    let padding = " ".repeat(256 * 1024 - body.len());
    KeySet::parse(format!("{body}{padding}").as_bytes()).unwrap();
    assert_eq!(KeySet::parse(format!("{body}{padding} ").as_bytes()).unwrap_err().code(), "jwks.too_large");
}

#[test]
fn h05_a_cold_cache_recovers() {
    let node = Node::new();
    node.serve(Answer::Unreachable);
    assert_eq!(code(node.current()), "jwks.unavailable");
    node.serve_keys(&["k1"]);
    node.pass(2);
    assert_eq!(node.current().unwrap(), ["k1"]);
}
