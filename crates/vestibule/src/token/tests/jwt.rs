//! A01–A06, A10, A13: what the form and the header of a token must be.

use aws_lc_rs::{encoding::AsDer, hmac, signature::RsaPublicKeyComponents};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};

use super::*;
use crate::Algorithm;

fn unsigned(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (header, claims) = (header.to_string(), claims.to_string());
    format!("{}.{}.{}", part(header.as_bytes()), part(claims.as_bytes()), part(signature))
}

#[test]
fn a_good_token_is_accepted() {
    let world = World::new();
    let token = world.login(&world.sign(&world.id_token())).unwrap();
    assert_eq!((token.issuer(), token.subject(), token.sid()), (ISSUER, "alice", Some("sid-1")));
    assert_eq!(token.audience(), [CLIENT]);
    assert_eq!((world.keys.asked(), world.keys.misses()), (1, 0));
}

#[test]
fn every_algorithm_is_verified() {
    for algorithm in Algorithm::ALL {
        let world = World::with_keys([TestKey::new(algorithm, "k")]);
        world.login(&world.sign(&world.id_token())).unwrap();
    }
}

#[test]
fn a01_only_the_compact_form() {
    let world = World::new();
    let good = world.sign(&world.id_token());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { unreachable!() };
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature }).to_string();
    let general =
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] });
    let other_alphabet = BASE64_STANDARD.encode([0xfb, 0xff, 0xfe].repeat(86));
    for (input, raw) in [
        ("flattened JSON", flattened),
        ("general JSON", general.to_string()),
        ("nothing", String::new()),
        ("one part", header.to_owned()),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts", format!("{good}.{signature}.{signature}")),
        ("six parts", format!("{good}.a.b.c")),
        ("padding", format!("{good}==")),
        ("padding in the header", format!("{header}=.{payload}.{signature}")),
        ("the other alphabet", format!("{header}.{payload}.{other_alphabet}")),
        ("a space inside", good.replacen('.', " .", 1)),
        ("a newline inside", good.replacen('.', ".\n", 1)),
        ("a newline behind", format!("{good}\n")),
        ("leftover bits", with_leftover_bits(&good)),
        ("a trailing dot", format!("{good}.")),
        ("a leading dot", format!(".{good}")),
        ("an empty header", format!(".{payload}.{signature}")),
        ("an empty payload", format!("{header}..{signature}")),
        ("not ASCII", good.replacen('e', "\u{435}", 1)),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.malformed", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}

/// The last character of a 256-byte value carries four bits that must be zero.
fn with_leftover_bits(token: &str) -> String {
    let (rest, last) = token.split_at(token.len() - 1);
    let spoilt = match last {
        "A" => "B",
        "Q" => "R",
        "g" => "h",
        "w" => "x",
        other => unreachable!("{other} has leftover bits already"),
    };
    format!("{rest}{spoilt}")
}

#[test]
fn a02_too_large() {
    let world = World::new();
    let padded = |length: usize| world.sign(&with(world.id_token(), "padding", "x".repeat(length)));
    let fits = padded(11_000);
    assert!(fits.len() < 16 * 1024);
    world.login(&fits).unwrap();

    let long_header = |length: usize| {
        world.key().token(&with(world.key().header(), "padding", "x".repeat(length)), &world.id_token())
    };
    world.login(&long_header(1400)).unwrap();
    for (input, raw) in [
        ("over 16 KiB", padded(12_000)),
        ("one million dots", ".".repeat(1_000_000)),
        ("a header over 2 KiB", long_header(1500)),
        ("no dot in 16 KiB and one", "a".repeat(16 * 1024 + 1)),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.too_large", "{input}");
    }
    let exactly = ".".repeat(16 * 1024);
    assert_eq!(world.login_code(&exactly), "jwt.malformed");
}

#[test]
fn a03_only_strict_json_objects() {
    let world = World::new();
    let (key, claims) = (world.key(), world.id_token());
    let (header, payload) = (key.header().to_string(), claims.to_string());
    let utf16: Vec<u8> = payload.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = with(claims.clone(), "deep", Value::Null)
        .to_string()
        .replace("null", &format!("{}{}", "[".repeat(32), "]".repeat(32)));
    for (input, raw) in [
        ("alg twice", key.token_of(json_with_repeated(&key.header(), "alg"), &payload)),
        ("kid twice", key.token_of(json_with_repeated(&key.header(), "kid"), &payload)),
        ("iss twice", key.token_of(&header, json_with_repeated(&claims, "iss"))),
        ("aud twice", key.token_of(&header, json_with_repeated(&claims, "aud"))),
        ("a list as header", key.token_of(format!("[{header}]"), &payload)),
        ("a list as claims", key.token_of(&header, format!("[{payload}]"))),
        ("null", key.token_of(&header, "null")),
        ("a byte order mark", key.token_of(&header, format!("\u{feff}{payload}"))),
        ("UTF-16", key.token_of(&header, &utf16)),
        ("33 levels", key.token_of(&header, &deep)),
        ("something behind", key.token_of(&header, format!("{payload}{{}}"))),
        ("exp of 1e400", key.token_of(&header, payload.replace(&(NOW + 300).to_string(), "1e400"))),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.malformed", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn a03_bad_utf8_in_a_string() {
    let world = World::new();
    let mut payload = world.id_token().to_string().into_bytes();
    let at = payload.windows(5).position(|window| window == b"alice").unwrap();
    payload[at] = 0xff;
    let raw = world.key().token_of(world.key().header().to_string(), payload);
    assert_eq!(world.login_code(&raw), "jwt.malformed");
}

#[test]
fn a04_only_allowed_algorithms() {
    let es256 = TestKey::new(Algorithm::Es256, "es256");
    let world =
        World::of(TestIssuer::with_keys(ISSUER, [TestKey::new(Algorithm::Rs256, "rs256"), es256.clone()]));
    let claims = world.id_token();
    let header = world.key().header();
    for (input, raw) in [
        ("absent", world.key().token(&without(header.clone(), "alg"), &claims)),
        ("a number", world.key().token(&with(header.clone(), "alg", 256), &claims)),
        ("null", world.key().token(&with(header.clone(), "alg", Value::Null), &claims)),
        ("ES256, rightly signed", es256.token(&es256.header(), &claims)),
        ("lower case", world.key().token(&with(header.clone(), "alg", "rs256"), &claims)),
        ("unknown", world.key().token(&with(header.clone(), "alg", "RS1"), &claims)),
        ("empty", world.key().token(&with(header, "alg", ""), &claims)),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.alg_not_allowed", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn a05_unsigned_tokens_are_refused() {
    let world = World::new();
    let claims = world.id_token();
    let none = |spelling: &str| unsigned(&json!({ "alg": spelling }), &claims, b"");
    let header = world.key().header();
    for (input, raw) in [
        ("none", none("none")),
        ("None", none("None")),
        ("NONE", none("NONE")),
        ("nOnE", none("nOnE")),
        ("none with a signature", world.key().token(&json!({ "alg": "none" }), &claims)),
        ("RS256 without a signature", unsigned(&header, &claims, b"")),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.alg_none", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn a06_a_public_key_is_no_shared_secret() {
    let world = World::new();
    let jwk = world.key().bare_jwk();
    let number = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let components = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    let der = AsDer::as_der(&components).unwrap();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    );
    for (input, secret) in [
        ("PEM", pem.into_bytes()),
        ("DER", der.as_ref().to_vec()),
        ("JWK", jwk.to_string().into_bytes()),
        ("empty", Vec::new()),
    ] {
        let header = with(world.key().header(), "alg", "HS256");
        let unsigned = unsigned(&header, &world.id_token(), b"");
        let input_text = unsigned.trim_end_matches('.');
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input_text.as_bytes());
        let raw = format!("{input_text}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(world.login_code(&raw), "jwt.alg_not_allowed", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}

#[test]
fn a10_extensions_are_refused() {
    let world = World::new();
    let header = world.key().header();
    for (input, header) in [
        ("unknown", with(with(header.clone(), "crit", json!(["exp"])), "exp", 1)),
        ("empty", with(header.clone(), "crit", json!([]))),
        ("not a list", with(header.clone(), "crit", "b64")),
        ("null", with(header.clone(), "crit", Value::Null)),
        ("names an absent header", with(header.clone(), "crit", json!(["absent"]))),
        ("b64 false", with(with(header.clone(), "crit", json!(["b64"])), "b64", false)),
        ("b64 false without crit", with(header.clone(), "b64", false)),
        ("b64 of another type", with(header.clone(), "b64", "true")),
    ] {
        assert_eq!(
            world.login_code(&world.key().token(&header, &world.id_token())),
            "jwt.crit_unsupported",
            "{input}"
        );
    }
    assert_eq!(world.keys.asked(), 0);
    world.login(&world.key().token(&with(header, "b64", true), &world.id_token())).unwrap();
}

#[test]
fn a13_encrypted_tokens_are_refused() {
    let world = World::new();
    let jwe = |header: Value| {
        let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        format!("{header}.AAAA.AAAA.AAAA.AAAA")
    };
    for (input, raw) in [
        ("RSA-OAEP", jwe(json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT" }))),
        ("RSA1_5", jwe(json!({ "alg": "RSA1_5", "enc": "A128CBC-HS256" }))),
        ("compressed", jwe(json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF" }))),
        ("huge p2c", jwe(json!({ "alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_000_000_000 }))),
        ("direct, empty key", jwe(json!({ "alg": "dir", "enc": "A256GCM" })).replacen(".AAAA", ".", 1)),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.jwe_refused", "{input}");
        assert_eq!(world.logout_code(&raw), "jwt.jwe_refused", "{input}");
    }
    assert_eq!(world.keys.asked(), 0);
}
