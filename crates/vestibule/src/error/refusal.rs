use std::fmt;

use serde_json::{Map, Value};

/// An `error` that the provider answered by the rules (RFC 6749 sections 4.1.2.1 and 5.2).
///
/// Both texts come from outside: at most 256 printable ASCII characters of each are kept. Escape them like any other
/// input before they reach a page.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderRefusal {
    error: String,
    description: Option<String>,
}

impl ProviderRefusal {
    pub(crate) fn new(error: &str, description: Option<&str>) -> Self {
        Self { error: printable(error), description: description.map(printable) }
    }

    pub(crate) fn read(object: &Map<String, Value>) -> Option<Self> {
        let error = object.get("error")?.as_str()?;
        Some(Self::new(error, object.get("error_description").and_then(Value::as_str)))
    }

    /// The provider's code, such as `access_denied` or `invalid_grant`. Providers add their own.
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The provider's explanation, for a developer.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

fn printable(text: &str) -> String {
    let allowed = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    text.chars().take(256).map(|c| if allowed(c) { c } else { '?' }).collect()
}

impl fmt::Display for ProviderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl fmt::Debug for ProviderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderRefusal({})", self.error)
    }
}
