use serde_json::{Map, Value};

use crate::{JwtError, ProviderTime};

/// The claims of a JWT, read by type. A claim of another type is an error, never an absent claim.
#[derive(Clone, PartialEq)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string.
    pub(crate) fn text(&self, claim: &'static str) -> Result<Option<&str>, JwtError> {
        match self.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(JwtError::ClaimType { claim }),
        }
    }

    /// A list of strings.
    pub(crate) fn texts(&self, claim: &'static str) -> Result<Option<Vec<String>>, JwtError> {
        match self.get(claim) {
            None => Ok(None),
            Some(Value::Array(list)) => strings(list).map(Some).ok_or(JwtError::ClaimType { claim }),
            Some(_) => Err(JwtError::ClaimType { claim }),
        }
    }

    /// A `NumericDate` (RFC 7519 section 2), in whole seconds: a fraction is dropped, and a moment before 1970 is 1970.
    pub(crate) fn time(&self, claim: &'static str) -> Result<Option<ProviderTime>, JwtError> {
        match self.get(claim) {
            None => Ok(None),
            Some(value) => seconds(value)
                .map(|seconds| Some(ProviderTime::from_secs(seconds)))
                .ok_or(JwtError::ClaimType { claim }),
        }
    }

    /// `aud`: a string or a list of strings (RFC 7519 section 4.1.3). `None` when it is neither, or not there.
    pub(crate) fn audience(&self) -> Option<Vec<String>> {
        match self.get("aud")? {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(list) => strings(list),
            _ => None,
        }
    }

    pub(crate) fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// Makes an absent claim an error.
pub(crate) fn required<T>(value: Option<T>, claim: &'static str) -> Result<T, JwtError> {
    value.ok_or(JwtError::ClaimMissing { claim })
}

fn strings(list: &[Value]) -> Option<Vec<String>> {
    list.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

fn seconds(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    match number.as_u64() {
        Some(whole) => Some(whole),
        // The cast saturates: a negative number becomes 0.
        None => number.as_f64().map(|number| number as u64),
    }
}
