use serde_json::json;

use super::*;

type Consumer = fn(&TestVerifier, &str) -> Option<&'static str>;

/// Every kind of JWT that one issuer may sign with one key, each as confusable as it can be.
fn kinds(issuer: &TestIssuer) -> [(&'static str, String); 17] {
    let now = NOW.as_secs();
    let access_token = json!({
        "iss": ISSUER, "sub": "alice", "aud": CLIENT, "client_id": CLIENT, "jti": "1", "scope": "openid",
        "iat": now, "exp": now + 300, "sid": "sid-1",
    });
    let service_token = json!({
        "iss": ISSUER, "sub": CLIENT, "client_id": CLIENT, "jti": "1", "iat": now, "exp": now + 300,
    });
    let jarm =
        json!({ "iss": ISSUER, "aud": CLIENT, "exp": now + 300, "iat": now, "code": "c", "state": "s" });
    let proof = json!({ "jti": "1", "htm": "POST", "htu": ISSUER, "iat": now, "nonce": NONCE });
    let assertion = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "jti": "1", "iat": now, "exp": now + 60,
    });
    let introspection = json!({
        "iss": ISSUER, "aud": CLIENT, "iat": now, "token_introspection": {
            "active": true, "iss": ISSUER, "sub": "alice", "aud": CLIENT, "client_id": CLIENT, "jti": "1", "exp": now + 300,
        },
    });
    let event = json!({
        "iss": ISSUER, "aud": CLIENT, "jti": "1", "iat": now, "sub_id": { "format": "opaque", "id": "alice" },
        "events": { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} },
    });
    let idp_initiated_login = issuer.idp_initiated_login_claims(NOW);
    let with_custom_claims = |mut claims: Value| {
        claims["connection_id"] = json!("conn_1");
        claims["organization_id"] = json!("org_1");
        claims
    };
    let logout_token = issuer.logout_token_claims(CLIENT, "1", NOW);
    [
        ("ID token", issuer.sign(&issuer.id_token_claims(CLIENT, NONCE, NOW))),
        ("logout token", issuer.sign_typed("logout+jwt", &logout_token)),
        ("logout token without typ", issuer.sign(&logout_token)),
        ("access token", issuer.sign_typed("at+jwt", &access_token)),
        ("access token without typ", issuer.sign(&access_token)),
        ("request to log in", issuer.sign(&idp_initiated_login)),
        (
            "access token with the claims of a request to log in",
            issuer.sign(&with_custom_claims(access_token)),
        ),
        ("client's access token with the same", issuer.sign(&with_custom_claims(service_token))),
        ("introspection answer", issuer.sign_typed("token-introspection+jwt", &introspection)),
        ("introspection answer without typ", issuer.sign(&introspection)),
        ("UserInfo answer", issuer.sign(&issuer.user_info_claims(CLIENT))),
        ("authorization response", issuer.sign(&jarm)),
        ("DPoP proof", issuer.sign_typed("dpop+jwt", &proof)),
        ("DPoP proof without typ", issuer.sign(&proof)),
        ("client assertion", issuer.sign(&assertion)),
        ("security event", issuer.sign_typed("secevent+jwt", &event)),
        ("security event without typ", issuer.sign(&event)),
    ]
}

/// Who takes what; a column for each consumer. The table stands in `docs/security.md`.
const TAKEN: [(&str, [bool; 6]); 17] = {
    const O: bool = false;
    const X: bool = true;
    [
        ("ID token", [X, O, O, O, O, O]),
        ("logout token", [O, X, O, O, O, O]),
        ("logout token without typ", [O, X, O, O, O, O]),
        ("access token", [O, O, X, X, O, O]),
        ("access token without typ", [O, O, O, X, O, O]),
        ("request to log in", [O, O, O, O, O, X]),
        ("access token with the claims of a request to log in", [O, O, O, X, O, O]),
        ("client's access token with the same", [O, O, O, O, O, O]),
        ("introspection answer", [O, O, O, O, O, O]),
        ("introspection answer without typ", [O, O, O, O, O, O]),
        ("UserInfo answer", [O, O, O, O, X, O]),
        ("authorization response", [O, O, O, O, O, O]),
        ("DPoP proof", [O, O, O, O, O, O]),
        ("DPoP proof without typ", [O, O, O, O, O, O]),
        ("client assertion", [O, O, O, O, O, O]),
        ("security event", [O, O, O, O, O, O]),
        ("security event without typ", [O, O, O, O, O, O]),
    ]
};

const CONSUMERS: [(&str, Consumer); 6] = [
    ("login", login),
    ("logout endpoint", logout),
    ("API, RFC 9068", |verifier, raw| bearer(verifier, raw, &AccessTokenPolicy::rfc9068())),
    ("API, untyped", |verifier, raw| bearer(verifier, raw, &AccessTokenPolicy::untyped())),
    ("UserInfo", user_info),
    ("initiate endpoint", idp_initiated),
];

/// The code that the token is refused with at an API that accepts the client as audience, the most confusable one.
fn bearer(verifier: &TestVerifier, raw: &str, policy: &AccessTokenPolicy) -> Option<&'static str> {
    let allowed = policy.clone().algorithms(AllowedAlgorithms::new(Algorithm::ALL).unwrap());
    code(ready(verifier.access_token(raw, CLIENT, &allowed)))
}

#[test]
fn i10_each_consumer_takes_its_own_kind_and_no_other() {
    let issuer = issuer();
    let verifier = verifier(&issuer.jwks());
    let mut matrix = format!("| kind of token | {} |\n", CONSUMERS.map(|(name, _)| name).join(" | "));
    for ((kind, raw), (named, taken)) in kinds(&issuer).iter().zip(TAKEN) {
        assert_eq!(*kind, named);
        let verdicts = CONSUMERS.map(|(_, judge)| judge(&verifier, raw));
        matrix += &format!("| {kind} | {} |\n", verdicts.map(|code| code.unwrap_or("**taken**")).join(" | "));
        assert_eq!(verdicts.map(|code| code.is_none()), taken, "{kind}: {verdicts:?}");
    }
    println!("{matrix}");
    let documented = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/security.md");
    let documented = std::fs::read_to_string(documented).unwrap();
    for row in matrix.lines() {
        assert!(documented.contains(row), "docs/security.md does not say: {row}");
    }
}
