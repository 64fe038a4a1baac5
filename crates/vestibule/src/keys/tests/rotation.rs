use std::collections::VecDeque;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::*;
use crate::{
    AllowedAlgorithms, AwsLc, Issuer, Nonce, ProviderTime, TokenPolicy,
    testing::TestIssuer,
    token::{IdTokenRules, Verifier},
};

const ISSUER: &str = "https://op.example";
const CLIENT: &str = "dashboard";
const NONCE: &str = "nonce";

impl Node {
    /// Whether an ID token of this kid, signed just now, is accepted; else the code.
    fn login(&self, raw: &str) -> Result<(), &'static str> {
        let issuer = Issuer::new(ISSUER).unwrap();
        let policy = TokenPolicy::default().algorithms(AllowedAlgorithms::new([Algorithm::Es256]).unwrap());
        let verifier = Verifier {
            issuer: &issuer,
            client_id: CLIENT,
            policy: &policy,
            keys: self.keys(),
            signatures: &AwsLc,
            now: self.clock.now(),
        };
        let nonce = Nonce::new(NONCE);
        let verified = ready(verifier.verify(raw, &IdTokenRules::login(&nonce)));
        verified.map(drop).map_err(|error| error.code())
    }

    fn signed_by(&self, kid: &str) -> String {
        id_token(&TestKey::new(Algorithm::Es256, kid), self.clock.now())
    }
}

fn id_token(key: &TestKey, now: ProviderTime) -> String {
    let issuer = TestIssuer::with_keys(ISSUER, [key.clone()]);
    issuer.sign(&issuer.id_token_claims(CLIENT, NONCE, now))
}

#[test]
fn e13_ten_thousand_unknown_kids_cause_one_fetch() {
    let node = Node::new();
    node.current().unwrap();
    let good = node.signed_by("k1");
    let (_, payload_and_signature) = good.split_once('.').unwrap();
    for number in 0..10_000 {
        let header = json!({ "alg": "ES256", "kid": format!("random-{number}") }).to_string();
        let raw = format!("{}.{payload_and_signature}", BASE64_URL_SAFE_NO_PAD.encode(header));
        assert_eq!(node.login(&raw), Err("jwt.key_not_found"));
    }
    assert_eq!(node.fetches(), 2);
    node.login(&good).unwrap();
}

#[test]
fn e13_garbage_on_a_cold_cache_causes_one_fetch() {
    let node = Node::new();
    assert_eq!(node.login(&node.signed_by("unknown")), Err("jwt.key_not_found"));
    assert_eq!(node.fetches(), 1);
}

#[test]
fn e13_tokens_of_others_cause_no_fetch() {
    let node = Node::new();
    let key = TestKey::new(Algorithm::Es256, "k1");
    let others = TestIssuer::with_keys("https://other.example", [key]);
    let raw = others.sign(&others.id_token_claims(CLIENT, NONCE, node.clock.now()));
    assert_eq!(node.login(&raw), Err("id_token.issuer_mismatch"));
    assert_eq!(node.fetches(), 0);
}

#[test]
fn e13_a_rotation_during_the_cool_down_waits_for_its_end() {
    let node = Node::new();
    node.current().unwrap();
    assert_eq!(node.login(&node.signed_by("garbage")), Err("jwt.key_not_found"));
    node.serve_keys(&["k2"]);
    node.pass(29);
    assert_eq!(node.login(&node.signed_by("k2")), Err("jwt.key_not_found"));
    assert_eq!(node.fetches(), 2);
    node.pass(1);
    node.login(&node.signed_by("k2")).unwrap();
    assert_eq!(node.fetches(), 3);
}

#[test]
fn e13_in_the_cool_down_nobody_waits() {
    let node = Node::hanging();
    node.let_through(2);
    node.current().unwrap();
    assert_eq!(node.after_miss().unwrap().unwrap(), ["k1"]);
    node.pass(1);
    let keys = node.keys();
    let missed = ready(keys.current()).unwrap();
    let flight = node.cache.flight.try_lock().unwrap();
    assert!(ready(keys.after_miss(&missed)).unwrap().is_none());
    drop(flight);
}

#[test]
fn e13_callers_with_the_same_new_key_share_one_fetch() {
    let node = Node::hanging();
    node.let_through(1);
    node.current().unwrap();
    let old = ready(node.keys().current()).unwrap();
    node.serve_keys(&["k1", "k2"]);
    let keys = node.keys();
    let mut callers: Vec<_> = (0..100).map(|_| Box::pin(keys.after_miss(&old))).collect();
    assert!(callers.iter_mut().all(|caller| poll(caller.as_mut()).is_pending()));
    node.let_through(100);
    for caller in callers {
        assert_eq!(ready(caller).unwrap().unwrap().keys().len(), 2);
    }
    assert_eq!(node.fetches(), 2);
}

#[test]
fn e13_a_failed_look_for_a_new_key_is_no_verdict() {
    let node = Node::new();
    node.current().unwrap();
    node.serve(Answer::Unreachable);
    for _ in 0..100 {
        assert_eq!(node.login(&node.signed_by("k2")), Err("jwks.unavailable"));
        node.login(&node.signed_by("k1")).unwrap();
    }
    assert_eq!(node.fetches(), 2);
    node.serve_keys(&["k2"]);
    node.pass(2);
    node.login(&node.signed_by("k2")).unwrap();
}

#[test]
fn e16_keys_that_rotate_just_before_signing() {
    let node = Node::new();
    node.login(&node.signed_by("k1")).unwrap();
    node.serve_keys(&["k2"]);
    node.login(&node.signed_by("k2")).unwrap();
    assert_eq!(node.fetches(), 2, "without restart, and at once");
}

#[test]
fn e16_a_removed_key_stops_at_the_next_refresh() {
    let node = Node::new();
    node.login(&node.signed_by("k1")).unwrap();
    node.serve_keys(&["k2"]);
    node.login(&node.signed_by("k1")).unwrap();
    node.pass(600);
    assert_eq!(node.login(&node.signed_by("k1")), Err("jwt.key_not_found"));
    assert_eq!(node.current().unwrap(), ["k2"], "sets are never merged");
    assert_eq!(node.fetches(), 2, "the refresh itself was the look for the key");
}

#[test]
fn e16_a_key_without_kid_may_rotate_too() {
    let node = Node::new();
    let nameless = |number: usize| {
        let key = TestKey::numbered(Algorithm::Es256, "", number);
        let token = key.token(
            &json!({ "alg": "ES256" }),
            &TestIssuer::new(ISSUER).id_token_claims(CLIENT, NONCE, node.clock.now()),
        );
        (Answer::page(&json!({ "keys": [key.bare_jwk()] })), token)
    };
    let (first_set, first_token) = nameless(0);
    let (second_set, second_token) = nameless(1);
    node.serve(first_set);
    node.login(&first_token).unwrap();
    node.serve(second_set);
    node.login(&second_token).unwrap();
    assert_eq!(node.fetches(), 2);
    for _ in 0..100 {
        assert_eq!(node.login(&first_token), Err("jwt.bad_signature"));
    }
    assert_eq!(node.fetches(), 2);
}

#[test]
fn e13_the_first_look_changes_nothing_for_known_keys() {
    let node = Node::new();
    assert_eq!(node.after_miss().unwrap(), None, "it was fetched by this very request");
    assert_eq!(node.after_miss().unwrap().unwrap(), ["k1"], "the one forced fetch");
    assert_eq!(node.after_miss().unwrap(), None);
    assert_eq!(node.fetches(), 2);
}

#[test]
fn h22_ten_rotations_a_minute_are_followed() {
    let node = Node::new();
    let mut published = VecDeque::new();
    let mut waiting: VecDeque<(u64, String)> = VecDeque::new();
    for second in 0..300_u64 {
        if second % 6 == 0 {
            let kid = format!("rotated-{second}");
            published.push_back(kid.clone());
            if published.len() > 10 {
                published.pop_front();
            }
            node.serve_keys(&published.iter().map(String::as_str).collect::<Vec<_>>());
            waiting.push_back((second, node.signed_by(&kid)));
        }
        waiting.retain(|(_, raw)| node.login(raw).is_err());
        assert!(waiting.iter().all(|(made, _)| second - made < 30), "{second}");
        node.pass(1);
    }
    assert!(node.fetches() <= 12, "{}", node.fetches());
}
