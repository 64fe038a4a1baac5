//! I09: one second to either side of every edge in time, whatever the skew and the moment.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What one second more does: `at` is good, the next second is not.
struct Edge {
    claim: &'static str,
    at: u64,
    beyond: u64,
    code: &'static str,
}

fn id_token_edges(now: u64, skew: u64) -> Vec<Edge> {
    vec![
        Edge { claim: "exp", at: now - skew + 1, beyond: now - skew, code: "id_token.expired" },
        Edge { claim: "iat", at: now + skew, beyond: now + skew + 1, code: "id_token.issued_at" },
        Edge { claim: "iat", at: now - 600, beyond: now - 601, code: "id_token.issued_at" },
        Edge { claim: "nbf", at: now + skew, beyond: now + skew + 1, code: "id_token.not_yet_valid" },
    ]
}

fn logout_token_edges(now: u64, skew: u64) -> Vec<Edge> {
    vec![
        Edge { claim: "exp", at: now - skew + 1, beyond: now - skew, code: "logout.expired" },
        Edge { claim: "iat", at: now + skew, beyond: now + skew + 1, code: "logout.issued_at" },
        Edge { claim: "iat", at: now - 300, beyond: now - 301, code: "logout.issued_at" },
    ]
}

fn idp_initiated_edges(now: u64, skew: u64) -> Vec<Edge> {
    vec![
        Edge { claim: "exp", at: now - skew + 1, beyond: now - skew, code: "idp_initiated.expired" },
        Edge { claim: "iat", at: now + skew, beyond: now + skew + 1, code: "idp_initiated.issued_at" },
        Edge {
            claim: "iat",
            at: now - 299 - skew,
            beyond: now - 300 - skew,
            code: "idp_initiated.issued_at",
        },
        Edge { claim: "nbf", at: now + skew, beyond: now + skew + 1, code: "idp_initiated.not_yet_valid" },
    ]
}

type Judge = fn(&TestVerifier, &str) -> Option<&'static str>;

fn check(
    judge: Judge,
    issuer: &TestIssuer,
    claims: &Value,
    edges: Vec<Edge>,
    verifier: &TestVerifier,
) -> Result<(), TestCaseError> {
    for Edge { claim, at, beyond, code } in edges {
        let mut claims = claims.clone();
        claims[claim] = json!(at);
        prop_assert_eq!(judge(verifier, &issuer.sign(&claims)), None, "{} at {}", claim, at);
        claims[claim] = json!(beyond);
        prop_assert_eq!(judge(verifier, &issuer.sign(&claims)), Some(code), "{} at {}", claim, beyond);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn i09_one_second_decides(now in 1_000_000..10_000_000_000_u64, skew in 0..=300_u64) {
        let issuer = issuer();
        let moment = ProviderTime::from_secs(now);
        let policy = policy().clock_skew(Duration::from_secs(skew)).unwrap();
        let verifier = verifier(&issuer.jwks()).with_policy(policy).at(moment);
        let id_token = issuer.id_token_claims(CLIENT, NONCE, moment);
        check(login, &issuer, &id_token, id_token_edges(now, skew), &verifier)?;
        let mut logout_token = issuer.logout_token_claims(CLIENT, "1", moment);
        logout_token["exp"] = json!(now + 1000);
        check(logout, &issuer, &logout_token, logout_token_edges(now, skew), &verifier)?;
        let mut asked = issuer.idp_initiated_login_claims(moment);
        asked["exp"] = json!(now + 1000);
        check(idp_initiated, &issuer, &asked, idp_initiated_edges(now, skew), &verifier)?;
    }
}
