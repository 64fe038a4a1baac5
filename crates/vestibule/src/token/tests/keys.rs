//! A07–A09, A11, A12, E18–E20: which key may check which signature.

use aws_lc_rs::rand::SystemRandom;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::*;
use crate::{Algorithm, SignatureJob, SignatureVerifier};

/// A key whose published form was altered.
fn published(key: &TestKey, alter: impl FnOnce(&mut Value)) -> Value {
    let mut jwk = key.jwk();
    alter(&mut jwk);
    jwk
}

/// A key that is always usable, so that a set is never empty.
fn filler() -> Value {
    TestKey::numbered(Algorithm::Rs256, "filler", 1).jwk()
}

fn rs256() -> TestKey {
    TestKey::new(Algorithm::Rs256, "rs256")
}

/// The code for a token that `key` signed, when this is published beside the filler.
fn code_with(key: &TestKey, jwk: &Value) -> &'static str {
    let world = World::with_keys([key.clone()]).publishing(&json!({ "keys": [jwk, filler()] }));
    world.login_code_of(&world.id_token())
}

#[test]
fn a07_the_key_fits_the_algorithm() {
    let es256 = TestKey::new(Algorithm::Es256, "k");
    let es384 = TestKey::new(Algorithm::Es384, "k");
    let rsa = TestKey::new(Algorithm::Rs256, "k");
    let small = BASE64_URL_SAFE_NO_PAD.encode([0xc1; 128]);
    for (input, key, jwk) in [
        ("ES256 on P-384", &es256, es384.jwk()),
        ("an EC key for RS256", &rsa, es256.jwk()),
        ("an EC key without alg for RS256", &rsa, without(es256.jwk(), "alg")),
        ("another alg", &rsa, published(&rsa, |jwk| jwk["alg"] = json!("RS512"))),
        ("an alg for encryption", &rsa, published(&rsa, |jwk| jwk["alg"] = json!("RSA-OAEP"))),
        ("use=enc", &rsa, published(&rsa, |jwk| jwk["use"] = json!("enc"))),
        ("no verify operation", &rsa, published(&rsa, |jwk| jwk["key_ops"] = json!(["encrypt"]))),
        ("operations of another type", &rsa, published(&rsa, |jwk| jwk["key_ops"] = json!("verify"))),
        ("RSA-1024", &rsa, published(&rsa, |jwk| jwk["n"] = json!(small))),
    ] {
        assert_eq!(code_with(key, &jwk), "jwt.key_unsuitable", "{input}");
    }
}

#[test]
fn a07_use_and_operations_may_allow_it() {
    let key = rs256();
    for jwk in [
        key.jwk(),
        published(&key, |jwk| jwk["key_ops"] = json!(["sign", "verify"])),
        published(&key, |jwk| jwk.as_object_mut().unwrap().retain(|name, _| name != "use" && name != "alg")),
        published(&key, |jwk| jwk["x5c"] = json!(["no certificate"])),
        published(&key, |jwk| jwk["x5t"] = json!(1)),
        published(&key, |jwk| jwk["n"] = json!(format!("AAAA{}", jwk["n"].as_str().unwrap()))),
    ] {
        let world = World::with_keys([key.clone()]).publishing(&json!({ "keys": [jwk, filler()] }));
        world.login(&world.sign(&world.id_token())).unwrap();
    }
}

#[test]
fn a08_altered_tokens_are_refused() {
    let world = World::new();
    let good = world.sign(&world.id_token());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { unreachable!() };
    let other_claims = BASE64_URL_SAFE_NO_PAD.encode(with(world.id_token(), "sub", "mallory").to_string());
    let other_header = BASE64_URL_SAFE_NO_PAD.encode(with(world.key().header(), "x", 1).to_string());
    let mut flipped = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[100] ^= 1;
    let flipped = BASE64_URL_SAFE_NO_PAD.encode(&flipped);
    let foreign = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    for (input, raw) in [
        ("another header", format!("{other_header}.{payload}.{signature}")),
        ("another payload", format!("{header}.{other_claims}.{signature}")),
        ("a flipped bit in the signature", format!("{header}.{payload}.{flipped}")),
        ("a truncated signature", format!("{header}.{payload}.{}", &signature[..340])),
        ("an extended signature", format!("{header}.{payload}.AAAA{signature}")),
        ("zeros", format!("{header}.{payload}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 256]))),
        ("another key", foreign.token(&foreign.header(), &world.id_token())),
    ] {
        assert_eq!(world.login_code(&raw), "jwt.bad_signature", "{input}");
    }
}

#[test]
fn a08_every_signature_byte_matters() {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
        let world = World::with_keys([TestKey::new(algorithm, "k")]);
        let good = world.sign(&world.id_token());
        let (input, signature) = good.rsplit_once('.').unwrap();
        let inverted: Vec<u8> =
            BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap().into_iter().map(|byte| byte ^ 0x5a).collect();
        let raw = format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(inverted));
        assert_eq!(world.login_code(&raw), "jwt.bad_signature", "{algorithm}");
    }
}

#[test]
fn a08_odd_signature_forms_are_refused() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

    let world = World::with_keys([TestKey::new(Algorithm::Es256, "k")]);
    let good = world.sign(&world.id_token());
    let (input, signature) = good.rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let resigned = |bytes: &[u8]| format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let (r, s) = signature.split_at(32);
    for (form, bytes) in [
        ("r = s = 0", vec![0; 64]),
        ("r = 0", [&[0; 32], s].concat()),
        ("s = 0", [r, &[0; 32]].concat()),
        ("r = s = n", [P256_ORDER, P256_ORDER].concat()),
        ("one byte more", [signature.as_slice(), &[0]].concat()),
        ("one byte less", signature[..63].to_vec()),
    ] {
        assert_eq!(world.login_code(&resigned(&bytes)), "jwt.bad_signature", "{form}");
    }

    let der_pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let (_, point) = der_pair.public_key().as_ref().split_at(1);
    let (x, y) = point.split_at(32);
    let text = |bytes: &[u8]| json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": text(x), "y": text(y) });
    let world = world.publishing(&json!({ "keys": [jwk] }));
    let der = der_pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    assert_eq!(world.login_code(&resigned(der.as_ref())), "jwt.bad_signature", "DER");
}

const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The eight points of small order on edwards25519, with both signs where they differ, and unreduced forms.
fn small_order_points() -> Vec<[u8; 32]> {
    let from_hex = |hex: &str| {
        let bytes: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        <[u8; 32]>::try_from(bytes).unwrap()
    };
    let canonical = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    canonical
        .into_iter()
        .map(from_hex)
        .flat_map(|point| {
            [point, {
                let mut negative = point;
                negative[31] |= 0x80;
                negative
            }]
        })
        .collect()
}

/// An engine that likes everything.
#[derive(Debug)]
struct Gullible;

#[async_trait]
impl SignatureVerifier for Gullible {
    async fn is_valid(&self, _: SignatureJob<'_>) -> bool {
        true
    }
}

#[test]
fn a08_odd_forms_never_reach_the_engine() {
    let [identity, ..] = small_order_points()[..] else { unreachable!() };
    for (algorithm, signature) in [
        (Algorithm::Rs256, vec![1; 255]),
        (Algorithm::Ps512, vec![1; 257]),
        (Algorithm::Es256, vec![1; 63]),
        (Algorithm::Es256, vec![1; 72]),
        (Algorithm::Es256, [[0; 32], [1; 32]].concat()),
        (Algorithm::Es256, [[1; 32], [0; 32]].concat()),
        (Algorithm::Es384, vec![1; 64]),
        (Algorithm::EdDsa, vec![1; 63]),
        (Algorithm::EdDsa, vec![1; 65]),
        (Algorithm::EdDsa, [identity, [1; 32]].concat()),
    ] {
        let world = World::with_keys([TestKey::new(algorithm, "k")]);
        let issuer = issuer(&world.issuer);
        let verifier = Verifier { signatures: &Gullible, ..world.verifier(&issuer) };
        let nonce = Nonce::new(NONCE);
        let good = world.sign(&world.id_token());
        let (input, _) = good.rsplit_once('.').unwrap();
        let raw = format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(&signature));
        let refused = ready(verifier.verify(&raw, &IdTokenRules::login(&nonce)));
        assert_eq!(code(refused), "jwt.bad_signature", "{algorithm}, {} bytes", signature.len());
        ready(verifier.verify(&good, &IdTokenRules::login(&nonce))).unwrap();
    }
}

#[test]
fn a08_small_order_points_are_no_signatures() {
    let world = World::with_keys([TestKey::new(Algorithm::EdDsa, "k")]);
    let good = world.sign(&world.id_token());
    let (input, _) = good.rsplit_once('.').unwrap();
    for point in small_order_points() {
        let signature = [point.as_slice(), &[0; 32]].concat();
        let raw = format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(world.login_code(&raw), "jwt.bad_signature", "{point:02x?}");
    }
}

#[test]
fn a08_small_order_points_are_no_keys() {
    let key = TestKey::new(Algorithm::EdDsa, "k");
    for point in small_order_points() {
        let jwk = published(&key, |jwk| jwk["x"] = json!(BASE64_URL_SAFE_NO_PAD.encode(point)));
        assert_eq!(code_with(&key, &jwk), "jwt.key_unsuitable", "{point:02x?}");
    }
}

#[test]
fn a09_keys_come_from_the_issuer_only() {
    let attacker = TestKey::numbered(Algorithm::Rs256, "evil", 1);
    for (member, value) in [
        ("jwk", attacker.jwk()),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/certificate")),
        ("x5c", json!(["MIIB"])),
    ] {
        let world = World::new();
        let raw = attacker.token(&with(attacker.header(), member, value.clone()), &world.id_token());
        assert_eq!(code(world.login(&raw)), "jwt.key_not_found", "{member}");
        let raw =
            attacker.token(&with(with(attacker.header(), member, value), "kid", "rs256"), &world.id_token());
        assert_eq!(code(world.login(&raw)), "jwt.bad_signature", "{member} with the issuer's kid");
    }
}

#[test]
fn a11_the_kid_is_exact() {
    for (input, kid, may_ask) in [
        ("unknown", json!("unknown"), true),
        ("another case", json!("RS256"), true),
        ("a prefix", json!("rs25"), true),
        ("empty", json!(""), true),
        ("SQL", json!("' OR 1"), true),
        ("1 KiB", json!("k".repeat(1024)), true),
        ("a number", json!(1), false),
        ("null", Value::Null, false),
        ("a list", json!(["rs256"]), false),
    ] {
        let world = World::new();
        let raw = world.key().token(&with(world.key().header(), "kid", kid), &world.id_token());
        assert_eq!(code(world.login(&raw)), "jwt.key_not_found", "{input}");
        assert_eq!(world.keys.misses(), usize::from(may_ask), "{input}");
    }
    let world = World::new();
    let raw = world.key().token(&with(world.key().header(), "kid", "k".repeat(10 * 1024)), &world.id_token());
    assert_eq!(world.login_code(&raw), "jwt.too_large");
}

#[test]
fn a11_without_kid_up_to_four_keys_are_tried() {
    let keys: Vec<TestKey> =
        (0..5).map(|number| TestKey::numbered(Algorithm::Es256, format!("k{number}"), number)).collect();
    for signer in &keys[..4] {
        let world = World::with_keys(keys[..4].to_vec());
        let raw = signer.token(&without(signer.header(), "kid"), &world.id_token());
        world.login(&raw).unwrap();
    }
    let world = World::with_keys(keys.clone());
    for signer in &keys {
        let raw = signer.token(&without(signer.header(), "kid"), &world.id_token());
        assert_eq!(world.login_code(&raw), "jwt.key_not_found");
    }
}

#[test]
fn a12_keys_are_bound_to_their_issuer() {
    let other = TestKey::numbered(Algorithm::Rs256, "rs256", 1);
    let world = World::new();
    let raw = other.token(&other.header(), &world.id_token());
    assert_eq!(world.login_code(&raw), "jwt.bad_signature", "the same kid at both");
    let raw = other.token(&without(other.header(), "kid"), &world.id_token());
    assert_eq!(code(world.login(&raw)), "jwt.bad_signature", "no kid");
}

#[test]
fn e18_bad_keys_are_skipped() {
    let es256 = TestKey::new(Algorithm::Es256, "k");
    let rsa = TestKey::new(Algorithm::Rs256, "k");
    let ed25519 = TestKey::new(Algorithm::EdDsa, "k");
    for (input, key, jwk) in [
        ("an unknown type", &rsa, json!({ "kty": "AKP", "kid": "k" })),
        ("no type", &rsa, published(&rsa, |jwk| jwk["kty"] = Value::Null)),
        ("an unknown curve", &es256, published(&es256, |jwk| jwk["crv"] = json!("secp256k1"))),
        ("another curve of the type", &ed25519, published(&ed25519, |jwk| jwk["crv"] = json!("X25519"))),
        ("bad base64", &rsa, published(&rsa, |jwk| jwk["n"] = json!("!!"))),
        ("no modulus", &rsa, published(&rsa, |jwk| jwk["n"] = Value::Null)),
        ("an empty modulus", &rsa, published(&rsa, |jwk| jwk["n"] = json!(""))),
        ("a point off the curve", &es256, published(&es256, |jwk| jwk["y"] = jwk["x"].clone())),
        ("a short coordinate", &es256, published(&es256, |jwk| jwk["x"] = json!("AAAA"))),
        ("a short Ed25519 key", &ed25519, published(&ed25519, |jwk| jwk["x"] = json!("AAAA"))),
    ] {
        assert_eq!(code_with(key, &jwk), "jwt.key_unsuitable", "{input}");
    }
}

#[test]
fn e18_entries_without_a_name_do_not_matter() {
    let world = World::new();
    let keys = json!({ "keys": [1, null, [], {}, { "kid": 1 }, "k", world.key().jwk()], "other": [] });
    let world = world.publishing(&keys);
    world.login(&world.sign(&world.id_token())).unwrap();
}

#[test]
fn e18_none_usable() {
    for keys in [json!([]), json!([{ "kty": "oct", "k": "AAAA" }]), json!([1, null])] {
        let error = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap_err();
        assert_eq!(error.code(), "jwks.no_usable_key");
    }
}

#[test]
fn e19_keys_that_share_a_kid() {
    let rsa = TestKey::new(Algorithm::Rs256, "k");
    let other_rsa = TestKey::numbered(Algorithm::Rs256, "k", 1);
    let ec = TestKey::new(Algorithm::Es256, "k");
    for keys in [vec![rsa.clone(), ec.clone()], vec![ec, rsa.clone()], vec![rsa, other_rsa]] {
        let world = World::with_keys(keys.clone());
        for key in keys {
            world.login(&key.token(&key.header(), &world.id_token())).unwrap();
        }
    }
    let same = |number| TestKey::numbered(Algorithm::Es256, "k", number);
    let world = World::with_keys((0..5).map(same));
    assert_eq!(world.login_code_of(&world.id_token()), "jwt.key_not_found");
    let world = World::with_keys((0..3).map(same));
    let stranger = same(4);
    assert_eq!(world.login_code(&stranger.token(&stranger.header(), &world.id_token())), "jwt.bad_signature");
}

#[test]
fn e20_weak_and_private_keys_are_ignored() {
    let rsa = TestKey::new(Algorithm::Rs256, "k");
    let number = |bytes: &[u8]| json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let sixteen_k = vec![0xff; 2048];
    for (input, jwk) in [
        ("oct", json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0" })),
        ("d", published(&rsa, |jwk| jwk["d"] = json!("AQAB"))),
        ("p", published(&rsa, |jwk| jwk["p"] = json!("AQAB"))),
        ("e = 1", published(&rsa, |jwk| jwk["e"] = number(&[1]))),
        ("e = 0", published(&rsa, |jwk| jwk["e"] = number(&[0]))),
        ("an even e", published(&rsa, |jwk| jwk["e"] = number(&[1, 0, 0]))),
        ("a long e", published(&rsa, |jwk| jwk["e"] = number(&[1; 33]))),
        ("a modulus of 16384 bits", published(&rsa, |jwk| jwk["n"] = number(&sixteen_k))),
        ("an even modulus", published(&rsa, |jwk| jwk["n"] = number(&[0xfe; 256]))),
    ] {
        assert_eq!(code_with(&rsa, &jwk), "jwt.key_unsuitable", "{input}");
    }
    let world = World::new()
        .publishing(&json!({ "keys": [{ "kty": "oct", "kid": "k", "k": "c2VjcmV0" }, filler()] }));
    let raw = rsa.token(&json!({ "alg": "HS256", "kid": "k" }), &world.id_token());
    assert_eq!(world.login_code(&raw), "jwt.alg_not_allowed", "oct with HS256");
}
