use serde_json::json;

use super::*;

type Consumer = fn(&TestVerifier, &str) -> Option<&'static str>;

/// Every kind of JWT that one issuer may sign with one key, each as confusable as it can be.
fn kinds(issuer: &TestIssuer) -> [(&'static str, String); 15] {
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
        ("UserInfo answer", issuer.sign(&issuer.user_info_claims(CLIENT))),
        ("authorization response", issuer.sign(&jarm)),
        ("DPoP proof", issuer.sign_typed("dpop+jwt", &proof)),
        ("DPoP proof without typ", issuer.sign(&proof)),
        ("client assertion", issuer.sign(&assertion)),
        ("security event", issuer.sign_typed("secevent+jwt", &event)),
        ("security event without typ", issuer.sign(&event)),
    ]
}

#[test]
fn i10_each_consumer_takes_its_own_kind_and_no_other() {
    let issuer = issuer();
    let verifier = verifier(&issuer.jwks());
    let consumers: [(&str, Consumer); 4] = [
        ("ID token", login),
        ("logout token", logout),
        ("UserInfo answer", user_info),
        ("request to log in", idp_initiated),
    ];
    let mut accepted = 0;
    for (kind, raw) in kinds(&issuer) {
        for (consumer, judge) in consumers {
            let is_meant = kind.starts_with(consumer);
            assert_eq!(judge(&verifier, &raw).is_none(), is_meant, "{kind} offered as {consumer}");
            accepted += usize::from(is_meant);
        }
    }
    assert_eq!(accepted, 5, "one kind counts twice, with and without typ");
}
