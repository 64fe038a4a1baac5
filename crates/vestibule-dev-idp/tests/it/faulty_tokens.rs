//! Every [`JwtFault`] does what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule_dev_idp::{JwtFault, Misbehaviour, SigningAlgorithm};

use crate::oracle::accepts;
use crate::support::{Listener, NONCE, NOW, Tokens, World, application, claims, header};

/// The tokens of a login in which the ID token is faulty.
async fn faulty(world: &World, fault: JwtFault) -> Tokens {
    world.idp.misbehave_once(Misbehaviour::IdToken(fault));
    world.tokens("dashboard", "alice").await
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_the_oracle() {
    let broken = [
        JwtFault::AccessTokenHash,
        JwtFault::AlgorithmHmacPublicKey,
        JwtFault::AlgorithmNone,
        JwtFault::Audience,
        JwtFault::Claim("iss".to_owned(), json!(7)),
        JwtFault::Critical,
        JwtFault::DuplicateMember,
        JwtFault::Expired,
        JwtFault::ExpiredSince(1),
        JwtFault::ForeignKey,
        JwtFault::Header("alg".to_owned(), json!("RS512")),
        JwtFault::Issuer,
        JwtFault::KeyIdUnknown,
        JwtFault::NoAudience,
        JwtFault::NoExpiry,
        JwtFault::NoIssuedAt,
        JwtFault::NoIssuer,
        JwtFault::NoNonce,
        JwtFault::NoSubject,
        JwtFault::Nonce,
        JwtFault::NotJson,
        JwtFault::Signature,
        JwtFault::Without("exp".to_owned()),
    ];
    let world = World::new();
    for fault in broken {
        let tokens = faulty(&world, fault.clone()).await;
        assert!(accepts(&world, "dashboard", &tokens).await.is_err(), "{fault:?}");
    }
    let tokens = world.tokens("dashboard", "alice").await;
    assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()), "and without any");
}

#[tokio::test]
async fn what_is_only_odd_is_accepted_by_the_oracle() {
    // The oracle was told to accept any algorithm, and the other key is a published one.
    let odd = [
        JwtFault::AlgorithmOther,
        JwtFault::AudienceString,
        JwtFault::NoKeyId,
        JwtFault::NoSessionId,
        JwtFault::UnknownClaim,
    ];
    let world = World::new();
    for fault in odd {
        let tokens = faulty(&world, fault.clone()).await;
        assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()), "{fault:?}");
    }
}

#[tokio::test]
async fn every_fault_changes_just_what_it_names() {
    let world = World::new();
    let one = |fault: JwtFault, claim: &'static str| {
        let world = &world;
        async move { claims(&faulty(world, fault).await.id_token).get(claim).cloned().unwrap_or_default() }
    };
    assert_eq!(one(JwtFault::UnknownClaim, "ignored_claim").await, "ignored");
    assert_eq!(one(JwtFault::Audience, "aud").await, json!(["dashboard1"]));
    assert_eq!(one(JwtFault::AudienceExtra, "aud").await, json!(["dashboard", "dashboard1"]));
    assert_eq!(one(JwtFault::AudienceExtra, "azp").await, Value::Null);
    assert_eq!(one(JwtFault::AudienceString, "aud").await, json!("dashboard"));
    assert_eq!(one(JwtFault::AuthorizedParty, "azp").await, json!("dashboard1"));
    assert_eq!(one(JwtFault::Claim("a".to_owned(), json!([1])), "a").await, json!([1]));
    assert_eq!(one(JwtFault::Expired, "exp").await, json!(NOW - 360));
    assert_eq!(one(JwtFault::ExpiredSince(61), "exp").await, json!(NOW - 61));
    assert_eq!(one(JwtFault::IssuedInFuture(500), "iat").await, json!(NOW + 500));
    assert_eq!(one(JwtFault::IssuedInFuture(500), "exp").await, json!(NOW + 3_600 + 500));
    assert_eq!(one(JwtFault::Nonce, "nonce").await, json!(format!("{NONCE}1")));
    assert!(one(JwtFault::Subject, "sub").await.as_str().unwrap().ends_with('1'));
    assert!(one(JwtFault::Issuer, "iss").await.as_str().unwrap().ends_with('1'));
    assert!(one(JwtFault::AccessTokenHash, "at_hash").await.as_str().unwrap().ends_with('1'));
    assert!(one(JwtFault::Events, "events").await.is_object());
    assert_eq!(one(JwtFault::Oversized, "padding").await.as_str().unwrap().len(), 1 << 20);
    let absent = [
        (JwtFault::NoAccessTokenHash, "at_hash"),
        (JwtFault::NoAudience, "aud"),
        (JwtFault::NoExpiry, "exp"),
        (JwtFault::NoIssuedAt, "iat"),
        (JwtFault::NoIssuer, "iss"),
        (JwtFault::NoNonce, "nonce"),
        (JwtFault::NoSessionId, "sid"),
        (JwtFault::NoSubject, "sub"),
        (JwtFault::NoSubjectNorSessionId, "sid"),
        (JwtFault::NoSubjectNorSessionId, "sub"),
        (JwtFault::Without("name".to_owned()), "name"),
    ];
    for (fault, claim) in absent {
        assert_eq!(one(fault.clone(), claim).await, Value::Null, "{fault:?}");
    }
}

#[tokio::test]
async fn faults_of_the_header_are_in_the_header() {
    let world = World::new();
    let of = |fault: JwtFault| {
        let world = &world;
        async move {
            let token = faulty(world, fault).await.id_token;
            (header(&token), token)
        }
    };
    let (none, token) = of(JwtFault::AlgorithmNone).await;
    assert_eq!(none["alg"], "none");
    assert!(token.ends_with('.'), "no signature");
    assert_eq!(of(JwtFault::AlgorithmHmacPublicKey).await.0["alg"], "HS256");
    assert_eq!(of(JwtFault::AlgorithmHmacSecret("s".into())).await.0["alg"], "HS256");
    assert_eq!(of(JwtFault::AlgorithmOther).await.0["alg"], "ES256");
    assert!(of(JwtFault::Critical).await.0["crit"].is_array());
    assert_eq!(of(JwtFault::KeyIdUnknown).await.0["kid"], "nobody-has-this-key");
    assert_eq!(of(JwtFault::NoKeyId).await.0.get("kid"), None);
    assert_eq!(of(JwtFault::Type("at+jwt".to_owned())).await.0["typ"], "at+jwt");
    assert_eq!(of(JwtFault::Header("x".to_owned(), json!(1))).await.0["x"], 1);
    let (_, doubled) = of(JwtFault::DuplicateMember).await;
    let payload = URL_SAFE_NO_PAD.decode(doubled.split('.').nth(1).unwrap()).unwrap();
    assert_eq!(String::from_utf8(payload).unwrap().matches("\"sub\":").count(), 2);
}

#[tokio::test]
async fn hmac_faults_are_signed_as_they_say() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

    let fault = JwtFault::AlgorithmHmacSecret("the client secret".into());
    let tokens = faulty(&World::new(), fault).await;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_aud = false;
    let secret = DecodingKey::from_secret(b"the client secret");
    assert!(decode::<Value>(&tokens.id_token, &secret, &validation).is_ok());
    let other = DecodingKey::from_secret(b"another secret");
    assert!(decode::<Value>(&tokens.id_token, &other, &validation).is_err());
}

#[tokio::test]
async fn a_spoilt_signature_is_spoilt_for_every_algorithm() {
    for algorithm in SigningAlgorithm::ALL {
        let world = World::new();
        world.idp.register(application("dashboard").signing_algorithm(algorithm)).unwrap();
        world.idp.misbehave_once(Misbehaviour::IdToken(JwtFault::Signature));
        let tokens = world.tokens("dashboard", "alice").await;
        assert_eq!(header(&tokens.id_token)["alg"], algorithm.as_str());
        assert!(accepts(&world, "dashboard", &tokens).await.is_err(), "{algorithm}");
        let tokens = world.tokens("dashboard", "alice").await;
        assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()), "once only");
    }
}

#[tokio::test]
async fn each_kind_of_token_has_its_own_switch() {
    let world = World::new();
    let listener = Listener::start().await;
    let dashboard = application("dashboard").backchannel_logout_uri(&listener.uri).signed_userinfo(true);
    world.idp.register(dashboard).unwrap();
    let fault = || JwtFault::Claim("marked".to_owned(), json!(true));
    let marked = |token: &str| claims(token).get("marked").is_some();

    world.idp.misbehave_once(Misbehaviour::AccessToken(fault()));
    let first = world.tokens("dashboard", "alice").await;
    assert_eq!((marked(&first.access_token), marked(&first.id_token)), (true, false));

    world.idp.misbehave(Misbehaviour::RefreshedIdToken(fault()));
    let login = world.tokens("dashboard", "alice").await;
    assert!(!marked(&login.id_token));
    let refreshed = Tokens::read(&world.refresh("dashboard", &login.refresh_token).await);
    assert_eq!((marked(&refreshed.access_token), marked(&refreshed.id_token)), (false, true));
    world.idp.behave();

    world.idp.misbehave_once(Misbehaviour::SignedUserInfo(fault()));
    let answer = world.userinfo(&refreshed.access_token).await;
    assert_eq!(answer.header("content-type"), Some("application/jwt"));
    assert!(marked(&answer.body));
    let claims = claims(&world.userinfo(&refreshed.access_token).await.body);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(world.idp.issuer()), &json!("dashboard")));
    assert!(claims.get("marked").is_none());

    world.idp.misbehave_once(Misbehaviour::LogoutToken(fault()));
    world.log_out(&refreshed).await;
    assert!(marked(&listener.tokens()[0]));
}

#[tokio::test]
async fn logout_tokens_can_be_wrong_in_every_way_that_the_suite_tries() {
    let world = World::new();
    let listener = Listener::start().await;
    world.idp.register(application("dashboard").backchannel_logout_uri(&listener.uri)).unwrap();
    let sent = |fault: JwtFault| {
        let (world, listener) = (&world, &listener);
        async move {
            world.idp.misbehave_once(Misbehaviour::LogoutToken(fault));
            let tokens = world.tokens("dashboard", "alice").await;
            world.log_out(&tokens).await;
            listener.tokens().remove(0)
        }
    };
    assert_eq!(header(&sent(JwtFault::AlgorithmNone).await)["alg"], "none");
    assert_eq!(header(&sent(JwtFault::AlgorithmOther).await)["alg"], "ES256");
    assert_eq!(header(&sent(JwtFault::NoType).await).get("typ"), None);
    assert_eq!(claims(&sent(JwtFault::Audience).await)["aud"], "dashboard1");
    assert!(claims(&sent(JwtFault::Issuer).await)["iss"].as_str().unwrap().ends_with('1'));
    assert_eq!(claims(&sent(JwtFault::NoEvents).await).get("events"), None);
    let foreign = json!({ "http://schemas.openid.net/event/foobar": {} });
    assert_eq!(claims(&sent(JwtFault::EventsForeign).await)["events"], foreign);
    assert_eq!(claims(&sent(JwtFault::Nonce).await)["nonce"], "1");
    assert_eq!(claims(&sent(JwtFault::NoJwtId).await).get("jti"), None);
    assert_eq!(claims(&sent(JwtFault::Expired).await)["exp"], NOW - 360);
    let nobody = claims(&sent(JwtFault::NoSubjectNorSessionId).await);
    assert!(nobody.get("sub").is_none() && nobody.get("sid").is_none());
}

#[tokio::test]
async fn the_clock_can_be_off() {
    let world = World::new();
    world.idp.misbehave(Misbehaviour::ClockOff(-90));
    let tokens = world.tokens("dashboard", "alice").await;
    let id = claims(&tokens.id_token);
    assert_eq!(
        (&id["iat"], &id["auth_time"], &id["exp"]),
        (&json!(NOW - 90), &json!(NOW - 90), &json!(NOW + 3_510))
    );
    assert_eq!(claims(&tokens.access_token)["iat"], NOW - 90);
}

#[tokio::test]
async fn keys_can_change_right_before_signing() {
    let world = World::new();
    let before = world.idp.jwks();
    world.idp.misbehave_once(Misbehaviour::RollKeysBeforeSigning);
    let tokens = world.tokens("dashboard", "alice").await;
    assert_ne!(world.idp.jwks(), before);
    assert_eq!(header(&tokens.id_token)["kid"], json!(world.idp.key_id(SigningAlgorithm::Rs256)));
    assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()));
}
