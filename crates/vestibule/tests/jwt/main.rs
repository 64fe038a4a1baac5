//! What the verifier accepts and refuses, seen from outside: properties, kinds, and the tokens of other implementations.

mod conformance;
mod kinds;
mod properties;
mod times;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use serde_json::Value;
use vestibule::{
    AccessTokenPolicy, Algorithm, AllowedAlgorithms, Diagnose, KeySet, Nonce, ProviderTime, TokenError,
    TokenPolicy,
    testing::{TestIssuer, TestKey, TestVerifier},
};

const ISSUER: &str = "https://op.example";
const CLIENT: &str = "dashboard";
const NONCE: &str = "n-0S6_WzA2Mj";
const NOW: ProviderTime = ProviderTime::from_secs(1_780_000_000);

/// An issuer with one key of a fast algorithm.
fn issuer() -> TestIssuer {
    TestIssuer::with_keys(ISSUER, [TestKey::new(Algorithm::EdDsa, "ed25519")])
}

fn policy() -> TokenPolicy {
    TokenPolicy::default().algorithms(AllowedAlgorithms::new(Algorithm::ALL).unwrap())
}

/// Who verifies what comes from an issuer with these keys.
fn verifier(jwks: &Value) -> TestVerifier {
    let keys = KeySet::parse(jwks.to_string().as_bytes()).unwrap();
    TestVerifier::new(ISSUER, CLIENT, keys, NOW).unwrap().with_policy(policy())
}

/// The code that the token is refused with as an ID token, if it is.
fn login(verifier: &TestVerifier, raw: &str) -> Option<&'static str> {
    code(ready(verifier.id_token(raw, &Nonce::new(NONCE))))
}

/// The code that the token is refused with as a logout token, if it is.
fn logout(verifier: &TestVerifier, raw: &str) -> Option<&'static str> {
    code(ready(verifier.logout_token(raw)))
}

/// The code that the token is refused with as a UserInfo answer, if it is.
fn user_info(verifier: &TestVerifier, raw: &str) -> Option<&'static str> {
    code(ready(verifier.user_info(raw, "alice")))
}

/// The code that the token is refused with as a request to log in, if it is.
fn idp_initiated(verifier: &TestVerifier, raw: &str) -> Option<&'static str> {
    code(ready(verifier.idp_initiated_login(raw)))
}

fn code<T>(result: Result<T, TokenError>) -> Option<&'static str> {
    result.err().map(|error| error.code())
}

/// The result of a future that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
