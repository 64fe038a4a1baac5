//! `openidconnect` as the client: what it accepts is right.

use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClientId, ClientSecret, EmptyAdditionalClaims, IdToken, IdTokenVerifier,
    IssuerUrl, Nonce, UserInfoClaims,
};
use serde_json::json;
use vestibule_dev_idp::SigningAlgorithm;

use crate::support::{NONCE, NOW, Tokens, World, application, claims, header, secret};

type Verifier<'a> = IdTokenVerifier<'a, openidconnect::core::CoreJsonWebKey>;
type OurIdToken = IdToken<
    EmptyAdditionalClaims,
    CoreGenderClaim,
    openidconnect::core::CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub(crate) async fn verifier(world: &World, client: &str) -> Verifier<'static> {
    let keys: CoreJsonWebKeySet = serde_json::from_str(&world.get("/jwks").await.body).unwrap();
    Verifier::new_confidential_client(
        ClientId::new(client.to_owned()),
        ClientSecret::new(secret(client)),
        IssuerUrl::new(world.idp.issuer().to_owned()).unwrap(),
        keys,
    )
    .allow_any_alg()
    .set_time_fn(openidconnect_now)
}

fn openidconnect_now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(NOW, 0).unwrap()
}

pub(crate) async fn accepts(world: &World, client: &str, tokens: &Tokens) -> Result<(), String> {
    let verifier = verifier(world, client).await;
    let id_token: OurIdToken = tokens.id_token.parse().map_err(|error| format!("{error:?}"))?;
    let claims =
        id_token.claims(&verifier, &Nonce::new(NONCE.to_owned())).map_err(|error| format!("{error:?}"))?;
    let expected = AccessTokenHash::from_token(
        &AccessToken::new(tokens.access_token.clone()),
        id_token.signing_alg().map_err(|error| format!("{error:?}"))?,
        id_token.signing_key(&verifier).map_err(|error| format!("{error:?}"))?,
    )
    .map_err(|error| format!("{error:?}"))?;
    if claims.access_token_hash() == Some(&expected) { Ok(()) } else { Err("at_hash".to_owned()) }
}

#[tokio::test]
async fn the_discovery_document_is_complete() {
    let world = World::new();
    let answer = world.get("/.well-known/openid-configuration").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let metadata: CoreProviderMetadata = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(metadata.issuer().as_str(), world.idp.issuer());
    let document = answer.json();
    let url = |path: &str| json!(world.url(path));
    assert_eq!(document["authorization_endpoint"], url("/authorize"));
    assert_eq!(document["token_endpoint"], url("/token"));
    assert_eq!(document["userinfo_endpoint"], url("/userinfo"));
    assert_eq!(document["revocation_endpoint"], url("/revoke"));
    assert_eq!(document["end_session_endpoint"], url("/end_session"));
    assert_eq!(document["jwks_uri"], url("/jwks"));
    assert_eq!(document["response_types_supported"], json!(["code"]));
    assert_eq!(document["subject_types_supported"], json!(["public"]));
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["scopes_supported"], json!(["openid", "profile", "email", "offline_access"]));
    assert_eq!(
        document["id_token_signing_alg_values_supported"],
        json!(["RS256", "ES256", "PS256", "EdDSA"])
    );
    assert_eq!(
        document["token_endpoint_auth_methods_supported"],
        json!(["client_secret_basic", "client_secret_post", "none"])
    );
    assert_eq!(
        document["grant_types_supported"],
        json!([
            "authorization_code",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "refresh_token"
        ])
    );
    assert_eq!(
        document["introspection_endpoint_auth_methods_supported"],
        json!(["client_secret_basic", "client_secret_post"])
    );
    assert_eq!(document["introspection_endpoint"], world.url("/introspect"));
    assert_eq!(document["device_authorization_endpoint"], world.url("/device_authorization"));
    for promise in [
        "authorization_response_iss_parameter_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ] {
        assert_eq!(document[promise], true, "{promise}");
    }
}

#[tokio::test]
async fn the_oracle_accepts_every_algorithm() {
    for algorithm in SigningAlgorithm::ALL {
        let world = World::new();
        world.idp.register(application("dashboard").signing_algorithm(algorithm)).unwrap();
        let tokens = world.tokens("dashboard", "alice").await;
        assert_eq!(header(&tokens.id_token)["alg"], algorithm.as_str());
        assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()), "{algorithm}");
    }
}

#[tokio::test]
async fn the_id_token_says_what_the_scope_opens() {
    let world = World::new();
    let full = claims(&world.tokens("dashboard", "alice").await.id_token);
    assert_eq!(full["iss"], world.idp.issuer());
    assert_eq!(full["iat"], NOW);
    assert_eq!(full["exp"], NOW + 3_600);
    assert_eq!(full["auth_time"], NOW);
    assert_eq!(full["nonce"], NONCE);
    assert_eq!(full["name"], "Alice Liddell");
    assert_eq!(full["email"], "alice@acme.example");
    assert_eq!(full["email_verified"], true);
    assert_eq!(full["roles"], json!(["admin"]));
    assert!(full["sid"].as_str().unwrap().starts_with("ses_"));

    let request = crate::support::Authorization::of("docs").with("scope", "openid");
    let code = world.authorize(&request).await.callback()["code"].clone();
    let bare = Tokens::read(&world.exchange("docs", &code).await);
    assert!(bare.refresh_token.is_empty(), "no offline_access, no refresh token");
    assert!(claims(&bare.id_token).get("email").is_none());
    assert!(claims(&bare.id_token).get("name").is_none());
}

#[tokio::test]
async fn the_access_token_is_an_rfc_9068_token() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    assert_eq!(header(&tokens.access_token)["typ"], "at+jwt");
    assert_eq!(header(&tokens.access_token)["alg"], "RS256");
    let access = claims(&tokens.access_token);
    let identity = claims(&tokens.id_token);
    assert_eq!(access["iss"], world.idp.issuer());
    assert_eq!(access["aud"], "dashboard");
    assert_eq!(access["client_id"], "dashboard");
    assert_eq!(access["sub"], identity["sub"]);
    assert_eq!(access["sid"], identity["sid"]);
    assert_eq!(access["exp"], NOW + 300);
    assert_eq!(access["scope"], "email offline_access openid profile");
    assert_eq!(access["roles"], json!(["admin"]));
    assert!(access["jti"].is_string());
}

#[tokio::test]
async fn the_oracle_reads_userinfo() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let answer = world.userinfo(&tokens.access_token).await;
    assert_eq!(answer.status, 200);
    let subject = claims(&tokens.id_token)["sub"].as_str().unwrap().to_owned();
    let claims = UserInfoClaims::<EmptyAdditionalClaims, CoreGenderClaim>::from_json::<std::io::Error>(
        answer.body.as_bytes(),
        Some(&openidconnect::SubjectIdentifier::new(subject)),
    )
    .unwrap();
    assert_eq!(claims.email().unwrap().as_str(), "alice@acme.example");
    assert_eq!(answer.json()["roles"], json!(["admin"]));
}
