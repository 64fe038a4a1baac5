use std::fmt;

use crate::{Algorithm, ConfigError};

/// The algorithms that tokens of one provider may be signed with (RFC 8725 section 3.1, checklist A04).
///
/// The default is RS256 alone, as OpenID Connect Core section 3.1.3.7 (7) has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AllowedAlgorithms(u16);

impl AllowedAlgorithms {
    /// Allows exactly these.
    ///
    /// # Errors
    /// [`ConfigError::Algorithms`] when there is none.
    pub fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Result<Self, ConfigError> {
        match algorithms.into_iter().fold(0, |set, algorithm| set | bit(algorithm)) {
            0 => Err(ConfigError::Algorithms),
            set => Ok(Self(set)),
        }
    }

    /// Allows what the provider's metadata lists (`id_token_signing_alg_values_supported`), as far as it can be verified
    /// here: `none`, `HS256` and unknown names are left out.
    ///
    /// # Errors
    /// [`ConfigError::Algorithms`] when nothing remains.
    pub fn from_discovery<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        Self::new(names.into_iter().filter_map(|name| name.parse().ok()))
    }

    /// Whether `algorithm` is allowed.
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & bit(algorithm) != 0
    }

    /// The allowed ones, in the order of [`Algorithm::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| self.contains(*algorithm))
    }
}

impl Default for AllowedAlgorithms {
    fn default() -> Self {
        Self(bit(Algorithm::Rs256))
    }
}

impl fmt::Debug for AllowedAlgorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

const fn bit(algorithm: Algorithm) -> u16 {
    1 << algorithm as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a04_rs256_alone_by_default() {
        assert!(AllowedAlgorithms::default().iter().eq([Algorithm::Rs256]));
    }

    #[test]
    fn a04_e21_discovery_adds_nothing_symmetric_or_unsigned() {
        let allowed =
            AllowedAlgorithms::from_discovery(["none", "HS256", "ES256", "rs256", "Ed448"]).unwrap();
        assert!(allowed.iter().eq([Algorithm::Es256]));
        assert_eq!(AllowedAlgorithms::from_discovery(["none", "HS256"]), Err(ConfigError::Algorithms));
        assert_eq!(AllowedAlgorithms::new([]), Err(ConfigError::Algorithms));
    }

    #[test]
    fn names_round_trip() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        }
    }
}
