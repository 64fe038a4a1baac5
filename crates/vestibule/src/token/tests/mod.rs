//! The rules of the security checklist, a test for each row. Every refused token is asserted to have its exact code, and
//! to have asked for newer keys only where its row allows that.

mod access_token;
mod id_token;
mod id_token_times;
mod idp_initiated;
mod jwt;
mod keys;
mod logout_token;
mod refresh;
mod user_info;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{IdTokenRules, IdpInitiatedLoginRules, LogoutTokenRules, UserInfoRules, Verifier};
use crate::{
    AwsLc, Diagnose, IdToken, IdpInitiatedLogin, Issuer, KeySet, KeysError, LogoutToken, Nonce, ProviderTime,
    TokenError, TokenPolicy, UserInfo, Verified,
    keys::{CurrentKeys, KeySource},
    testing::{TestIssuer, TestKey},
};

const ISSUER: &str = "https://op.example";
const CLIENT: &str = "dashboard";
const NONCE: &str = "n-0S6_WzA2Mj";
const NOW: u64 = 1_780_000_000;

/// One issuer, one client, one moment.
struct World {
    issuer: TestIssuer,
    keys: SpyKeys,
    policy: TokenPolicy,
    now: u64,
}

impl World {
    fn new() -> Self {
        Self::of(TestIssuer::new(ISSUER))
    }

    fn with_keys(keys: impl IntoIterator<Item = TestKey>) -> Self {
        let issuer = TestIssuer::with_keys(ISSUER, keys);
        let algorithms = issuer.keys().iter().map(TestKey::algorithm).collect::<Vec<_>>();
        let allowed = crate::AllowedAlgorithms::new(algorithms).unwrap();
        Self { policy: TokenPolicy::default().algorithms(allowed), ..Self::of(issuer) }
    }

    fn of(issuer: TestIssuer) -> Self {
        let keys = SpyKeys::serving(&issuer.jwks());
        Self { issuer, keys, policy: TokenPolicy::default(), now: NOW }
    }

    /// The same issuer, publishing this instead of its keys.
    fn publishing(mut self, jwks: &Value) -> Self {
        self.keys = SpyKeys::serving(jwks);
        self
    }

    fn key(&self) -> &TestKey {
        &self.issuer.keys()[0]
    }

    fn id_token(&self) -> Value {
        self.issuer.id_token_claims(CLIENT, NONCE, ProviderTime::from_secs(NOW))
    }

    fn logout_token(&self) -> Value {
        self.issuer.logout_token_claims(CLIENT, "jti-1", ProviderTime::from_secs(NOW))
    }

    fn sign(&self, claims: &Value) -> String {
        self.issuer.sign(claims)
    }

    fn login(&self, raw: &str) -> Result<Verified<IdToken>, TokenError> {
        self.verify_id_token(raw, IdTokenRules::login(&Nonce::new(NONCE)))
    }

    fn verify_id_token(&self, raw: &str, rules: IdTokenRules<'_>) -> Result<Verified<IdToken>, TokenError> {
        ready(self.verifier(&issuer(&self.issuer)).verify(raw, &rules))
    }

    fn logout(&self, raw: &str) -> Result<Verified<LogoutToken>, TokenError> {
        ready(self.verifier(&issuer(&self.issuer)).verify(raw, &LogoutTokenRules))
    }

    fn idp_initiated(&self, raw: &str) -> Result<Verified<IdpInitiatedLogin>, TokenError> {
        ready(self.verifier(&issuer(&self.issuer)).verify(raw, &IdpInitiatedLoginRules))
    }

    fn user_info(&self, is_jwt: bool, body: impl AsRef<[u8]>) -> Result<UserInfo, TokenError> {
        let issuer = issuer(&self.issuer);
        ready(UserInfoRules::new("alice").read(&self.verifier(&issuer), is_jwt, body.as_ref()))
    }

    fn verifier<'a>(&'a self, issuer: &'a Issuer) -> Verifier<'a, &'a SpyKeys> {
        Verifier {
            issuer,
            client_id: CLIENT,
            policy: &self.policy,
            keys: &self.keys,
            signatures: &AwsLc,
            now: ProviderTime::from_secs(self.now),
        }
    }

    /// The code that an ID token is refused with. The keys were not asked twice.
    fn login_code(&self, raw: &str) -> &'static str {
        let code = code(self.login(raw));
        assert_eq!(self.keys.misses(), 0, "newer keys were asked for");
        code
    }

    fn login_code_of(&self, claims: &Value) -> &'static str {
        self.login_code(&self.sign(claims))
    }

    /// The code that a logout token is refused with. The keys were not asked twice.
    fn logout_code(&self, raw: &str) -> &'static str {
        let code = code(self.logout(raw));
        assert_eq!(self.keys.misses(), 0, "newer keys were asked for");
        code
    }

    fn logout_code_of(&self, claims: &Value) -> &'static str {
        self.logout_code(&self.sign(claims))
    }
}

/// Keys that never change, and count how often they were asked.
struct SpyKeys {
    keys: Arc<KeySet>,
    asked: AtomicUsize,
    missed: AtomicUsize,
}

impl SpyKeys {
    fn serving(jwks: &Value) -> Self {
        let keys = KeySet::parse(jwks.to_string().as_bytes()).unwrap();
        Self { keys: Arc::new(keys), asked: AtomicUsize::new(0), missed: AtomicUsize::new(0) }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn misses(&self) -> usize {
        self.missed.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl KeySource for &SpyKeys {
    async fn current(&self) -> Result<CurrentKeys, KeysError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.keys.current().await
    }

    async fn after_miss(&self, missed: &CurrentKeys) -> Result<Option<Arc<KeySet>>, KeysError> {
        self.missed.fetch_add(1, Ordering::Relaxed);
        self.keys.after_miss(missed).await
    }
}

fn issuer(issuer: &TestIssuer) -> Issuer {
    Issuer::new(issuer.issuer()).unwrap()
}

/// The result of a future that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, TokenError>) -> &'static str {
    result.expect_err("this must be refused").code()
}

fn with(mut claims: Value, claim: &str, value: impl Into<Value>) -> Value {
    claims[claim] = value.into();
    claims
}

fn without(mut claims: Value, claim: &str) -> Value {
    claims.as_object_mut().unwrap().remove(claim);
    claims
}

/// Members that no well-formed JSON text has twice.
fn json_with_repeated(claims: &Value, name: &str) -> String {
    let text = claims.to_string();
    let member = format!("{{{}:{},", json!(name), claims[name]);
    text.replacen('{', &member, 1)
}
