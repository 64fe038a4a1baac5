use std::fmt;

use async_trait::async_trait;

use crate::{Algorithm, Jwk, MaybeSend, MaybeSync, keys::KeyMaterial};

/// One signature to check.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SignatureJob<'a> {
    /// The algorithm: allowed by the policy, named by the token, and one that `key` may be used with.
    pub algorithm: Algorithm,
    /// A key of the token's issuer.
    pub key: &'a Jwk,
    /// What was signed.
    pub input: &'a [u8],
    /// The signature, in the form that JWS gives it: ECDSA as `r ‖ s` of fixed length (RFC 7518 section 3.4).
    pub signature: &'a [u8],
}

impl fmt::Debug for SignatureJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureJob")
            .field("algorithm", &self.algorithm)
            .field("key", self.key)
            .finish_non_exhaustive()
    }
}

/// Checks signatures: [`AwsLc`](crate::AwsLc) on native targets, WebCrypto in the browser, which is asynchronous.
///
/// It decides nothing else. Which algorithm and which key may be used is settled before it is asked.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait SignatureVerifier: fmt::Debug + MaybeSend + MaybeSync + 'static {
    /// Whether the signature is valid. False for anything else, a failing engine included.
    async fn is_valid(&self, job: SignatureJob<'_>) -> bool;
}

impl SignatureJob<'_> {
    /// Whether the signature can be one at all, so that no engine has to be trusted with the odd forms: wrong length
    /// (DER among them), `r` or `s` of zero, an Ed25519 point of small order (checklist A08).
    pub(crate) fn is_well_formed(&self) -> bool {
        match self.key.material() {
            KeyMaterial::Rsa { modulus, .. } => self.signature.len() == modulus.len(),
            KeyMaterial::Ec { curve, .. } => {
                let (r, s) = self.signature.split_at(self.signature.len() / 2);
                self.signature.len() == 2 * curve.coordinate_length() && [r, s].into_iter().all(is_nonzero)
            }
            KeyMaterial::Ed25519 { .. } => {
                self.signature.len() == 64
                    && self.signature.first_chunk().is_some_and(|r| !has_small_order(r))
            }
        }
    }
}

fn is_nonzero(number: &[u8]) -> bool {
    number.iter().any(|byte| *byte != 0)
}

/// Whether these bytes encode one of the eight points of small order on edwards25519, canonically or not. A key or a
/// signature with such a point can fit more than one message.
pub(crate) fn has_small_order(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    SMALL_ORDER.contains(&y)
}

/// The `y` coordinates of small order, without the sign of `x`: 0, 1, −1, the two of order 8, and the encodings of 0
/// and 1 that are not reduced.
const SMALL_ORDER: [[u8; 32]; 7] = [
    little_endian(0x00, 0x00, 0x00),
    little_endian(0x01, 0x00, 0x00),
    little_endian(0xec, 0xff, 0x7f),
    little_endian(0xed, 0xff, 0x7f),
    little_endian(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

const fn little_endian(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}
