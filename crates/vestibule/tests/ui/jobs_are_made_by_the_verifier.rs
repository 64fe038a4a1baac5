use vestibule::{Algorithm, Jwk, SignatureJob};

fn job(key: &Jwk) -> SignatureJob<'_> {
    SignatureJob { algorithm: Algorithm::Rs256, key, input: b"", signature: b"" }
}

fn main() {}
