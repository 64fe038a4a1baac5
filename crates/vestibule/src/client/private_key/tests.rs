//! C31: which keys are read, and that they sign what their public halves confirm.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use aws_lc_rs::{
    encoding::{AsDer, EcPrivateKeyRfc5915Der},
    signature::EcdsaKeyPair,
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;

use super::*;
use crate::{AwsLc, Diagnose, Jwk, SignatureJob, SignatureVerifier, keys::Curve, testing::TestKey};

/// RFC 7517 appendix A.2, the first key.
const EC_JWK: &str = r#"{
    "kty": "EC", "crv": "P-256", "kid": "1",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"
}"#;

/// RFC 8037 appendix A.1.
const ED25519_JWK: &str = r#"{
    "kty": "OKP", "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}"#;

fn is_confirmed(key: &PrivateKey) -> bool {
    let public = Jwk::from_json(key.public_jwk().as_object().unwrap()).unwrap();
    let signature = key.sign(b"input").unwrap();
    let job =
        SignatureJob { algorithm: key.algorithm(), key: &public, input: b"input", signature: &signature };
    match pin!(AwsLc.is_valid(job)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(is_valid) => is_valid,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

fn pkcs8(key: &TestKey) -> Vec<u8> {
    let body: String = key.to_pkcs8_pem().lines().filter(|line| !line.starts_with('-')).collect();
    BASE64_STANDARD.decode(body).unwrap()
}

/// What PKCS#8 wraps around a 2048-bit RSA key, whose layout is fixed.
fn pkcs1(key: &TestKey) -> Vec<u8> {
    pkcs8(key).split_off(26)
}

/// The private JWK of an RSA key, from the nine numbers of its PKCS#1 form.
fn rsa_jwk(key: &TestKey) -> Value {
    let der = pkcs1(key);
    let mut rest = &der[4..];
    let mut numbers = Vec::new();
    while let [0x02, length, tail @ ..] = rest {
        let (length, tail) = match length {
            0x81 => (usize::from(tail[0]), &tail[1..]),
            0x82 => (usize::from(tail[0]) * 256 + usize::from(tail[1]), &tail[2..]),
            short => (usize::from(*short), tail),
        };
        numbers.push(BASE64_URL_SAFE_NO_PAD.encode(&tail[..length]));
        rest = &tail[length..];
    }
    let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let mut jwk = json!({ "kty": "RSA" });
    for (name, number) in names.into_iter().zip(numbers.into_iter().skip(1)) {
        jwk[name] = number.into();
    }
    jwk
}

#[test]
fn c31_keys_of_every_type_are_read_from_pkcs8_and_sign() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let test_key = TestKey::new(algorithm, "");
        let key = PrivateKey::from_pem(&test_key.to_pkcs8_pem()).unwrap().with_kid("k");
        assert_eq!((key.algorithm(), key.kid()), (algorithm, Some("k")));
        assert!(is_confirmed(&key), "{algorithm}");
        let named = TestKey::new(algorithm, "k");
        assert_eq!(key.public_jwk(), named.jwk(), "{algorithm}");
    }
}

#[test]
fn c31_older_forms_and_jwks_are_read() {
    let rsa = TestKey::new(Algorithm::Rs256, "");
    let ec = EcdsaKeyPair::generate(Curve::P384.signing()).unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = ec.private_key().as_der().unwrap();
    let keys = [
        (PrivateKey::from_pem(&pem("RSA PRIVATE KEY", &pkcs1(&rsa))), Algorithm::Rs256, None),
        (PrivateKey::from_pem(&pem("EC PRIVATE KEY", sec1.as_ref())), Algorithm::Es384, None),
        // As `openssl ecparam -genkey` writes it, and as some keep it beside its certificate.
        (
            PrivateKey::from_pem(&(pem("EC PARAMETERS", b"p") + &pem("EC PRIVATE KEY", sec1.as_ref()))),
            Algorithm::Es384,
            None,
        ),
        (
            PrivateKey::from_pem(&(pem("CERTIFICATE", b"c") + &pem("PRIVATE KEY", &pkcs8(&rsa)))),
            Algorithm::Rs256,
            None,
        ),
        (PrivateKey::from_jwk(EC_JWK), Algorithm::Es256, Some("1")),
        (PrivateKey::from_jwk(ED25519_JWK), Algorithm::EdDsa, None),
        (PrivateKey::from_jwk(&rsa_jwk(&rsa).to_string()), Algorithm::Rs256, None),
    ];
    for (key, algorithm, kid) in keys {
        let key = key.unwrap();
        assert_eq!((key.algorithm(), key.kid()), (algorithm, kid));
        assert!(is_confirmed(&key), "{algorithm}");
    }
}

#[test]
fn c31_an_rsa_key_signs_with_pss_where_that_is_wanted() {
    let rsa = TestKey::new(Algorithm::Rs256, "");
    let mut jwk = rsa_jwk(&rsa);
    jwk["alg"] = "PS256".into();
    let from_jwk = PrivateKey::from_jwk(&jwk.to_string()).unwrap();
    let told = PrivateKey::from_pem(&rsa.to_pkcs8_pem()).unwrap().with_algorithm(Algorithm::Ps256).unwrap();
    for key in [from_jwk, told] {
        assert_eq!(key.algorithm(), Algorithm::Ps256);
        assert!(is_confirmed(&key));
        assert_eq!(key.public_jwk()["alg"], "PS256");
        assert_eq!(key.with_algorithm(Algorithm::Es256).unwrap_err().code(), "config.private_key");
    }
}

#[test]
fn c31_what_is_no_signing_key_is_refused() {
    let rsa = TestKey::new(Algorithm::Rs256, "");
    let der = pkcs8(&rsa);
    for (input, text) in [
        ("nothing", String::new()),
        ("another label", pem("ENCRYPTED PRIVATE KEY", &der)),
        ("a certificate", pem("CERTIFICATE", &der)),
        ("no end", pem("PRIVATE KEY", &der).replace("-----END", "")),
        ("cut", pem("PRIVATE KEY", &der[..der.len() - 1])),
        ("no base64", pem("PRIVATE KEY", &der).replace('M', "*")),
        ("another form", pem("RSA PRIVATE KEY", &der)),
    ] {
        assert_eq!(PrivateKey::from_pem(&text).unwrap_err(), ConfigError::PrivateKey, "{input}");
    }
    let ec: Value = serde_json::from_str(EC_JWK).unwrap();
    let with = |member: &str, value: Value| {
        let mut jwk = ec.clone();
        jwk[member] = value;
        jwk.to_string()
    };
    let public = rsa.jwk();
    let mut inconsistent = rsa_jwk(&rsa);
    inconsistent["q"] = inconsistent["p"].clone();
    for (input, json) in [
        ("no JSON", "x".to_owned()),
        ("a public key", public.to_string()),
        ("a shared secret", json!({ "kty": "oct", "k": "AAAA" }).to_string()),
        ("another private number", with("d", "AAAA".into())),
        ("a number as d", with("d", 1.into())),
        ("for encryption", with("use", "enc".into())),
        ("for verifying", with("key_ops", json!(["verify"]))),
        ("another algorithm", with("alg", "RS256".into())),
        ("an unknown algorithm", with("alg", "HS256".into())),
        ("a kid of another type", with("kid", 1.into())),
        ("prime numbers that do not fit", inconsistent.to_string()),
    ] {
        assert_eq!(PrivateKey::from_jwk(&json).unwrap_err(), ConfigError::PrivateKey, "{input}");
    }
}

#[test]
fn d27_a_private_key_does_not_show() {
    let key = PrivateKey::from_jwk(EC_JWK).unwrap();
    assert_eq!(format!("{key:?}"), r#"PrivateKey { algorithm: Es256, kid: Some("1"), .. }"#);
    assert_eq!(key.public_jwk().get("d"), None);
}
