//! The published key set (RFC 7517).

use serde_json::Value;

use crate::faults::Misbehaviour;
use crate::store::Environment;

pub(crate) fn document(environment: &mut Environment) -> Value {
    let mut document = environment.keys.published();
    let faults = environment.faults.take(|misbehaviour| match misbehaviour {
        Misbehaviour::Jwks(fault) => Some(fault.clone()),
        _ => None,
    });
    for fault in faults {
        fault.apply(&mut document);
    }
    document
}
