use serde_json::{Map, Value};

use crate::{Algorithm, JwtError};

/// What is read from a JOSE header. `jwk`, `jku`, `x5u` and `x5c` are not: keys come from the issuer only
/// (RFC 8725 section 3.10, checklist A09).
#[derive(Debug)]
pub(crate) struct Header {
    /// `None` for anything that cannot be verified here.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) kid: KeyId,
    pub(crate) typ: Option<Value>,
}

/// The header's `kid`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyId {
    Absent,
    Text(String),
    /// Not a string, so no key can have it.
    NotText,
}

impl Header {
    /// Refuses what no rule set could accept: unsigned tokens and extensions.
    pub(crate) fn read(mut members: Map<String, Value>) -> Result<Self, JwtError> {
        let algorithm = match members.get("alg") {
            Some(Value::String(name)) if name.eq_ignore_ascii_case("none") => return Err(JwtError::AlgNone),
            Some(Value::String(name)) => name.parse().ok(),
            _ => None,
        };
        if members.contains_key("crit") || members.get("b64").is_some_and(|value| *value != Value::Bool(true))
        {
            return Err(JwtError::CritUnsupported);
        }
        let kid = match members.remove("kid") {
            None => KeyId::Absent,
            Some(Value::String(kid)) => KeyId::Text(kid),
            Some(_) => KeyId::NotText,
        };
        Ok(Self { algorithm, kid, typ: members.remove("typ") })
    }

    /// Whether `typ` is one of these media types of the application tree. Case does not matter, nor does the prefix
    /// `application/` (RFC 7515 section 4.1.9).
    pub(crate) fn typ_is_one_of(&self, expected: &[&str]) -> bool {
        let Some(Value::String(typ)) = &self.typ else { return false };
        let subtype = match typ.split_at_checked(PREFIX.len()) {
            Some((prefix, subtype)) if prefix.eq_ignore_ascii_case(PREFIX) => subtype,
            _ => typ,
        };
        expected.iter().any(|name| name.eq_ignore_ascii_case(subtype))
    }
}

const PREFIX: &str = "application/";
