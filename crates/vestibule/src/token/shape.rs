use std::any::type_name;

use serde::de::DeserializeOwned;

use super::claims::Claims;
use crate::{Diagnose, Diagnosis, Disposition};

/// The claims do not fit the type that the application asked for.
///
/// What serde said is left out: it quotes claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the claims do not fit `{wanted}`")]
pub struct ClaimsShapeError {
    wanted: &'static str,
}

impl Diagnose for ClaimsShapeError {
    fn diagnosis(&self) -> Diagnosis {
        Diagnosis::new(
            "token.claims_shape",
            Disposition::Config,
            "make members optional that the provider may leave out, and compare the names and types with its documentation",
        )
    }
}

impl Claims {
    pub(super) fn shape<T: DeserializeOwned>(&self) -> Result<T, ClaimsShapeError> {
        T::deserialize(self.as_map()).map_err(|_| ClaimsShapeError { wanted: type_name::<T>() })
    }
}
