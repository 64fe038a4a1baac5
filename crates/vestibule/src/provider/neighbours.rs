use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use url::Url;

use crate::{ConfigError, Issuer};

/// Whose token endpoint is where, among the providers that one application uses beside each other.
///
/// An issuer that names the endpoint of another one would be sent the codes and secrets that belong there, or have its
/// own codes spent there (checklist E08).
#[derive(Clone, Default)]
pub(super) struct Neighbours(Arc<Mutex<HashMap<Issuer, Url>>>);

impl Neighbours {
    /// Whether both are the same register.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Notes where the token endpoint of this issuer is, unless another issuer's is there.
    pub(super) fn settle(&self, issuer: &Issuer, token_endpoint: &Url) -> Result<(), ConfigError> {
        let mut place = token_endpoint.clone();
        place.set_query(None);
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.iter().any(|(other, taken)| other != issuer && *taken == place) {
            return Err(ConfigError::SharedEndpoint);
        }
        places.insert(issuer.clone(), place);
        Ok(())
    }
}
