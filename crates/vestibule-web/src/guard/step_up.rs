use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// How a user must log in once more, before they may go on (RFC 9470).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StepUp {
    /// Authentication contexts of which one is needed; empty when any will do. Sent as `acr_values`.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub acr: Vec<String>,
    /// How long ago the user may have entered credentials. Sent as `max_age`, in whole seconds.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none", with = "seconds")]
    pub max_age: Option<Duration>,
}

impl StepUp {
    /// The parameters of an authorization request, or of a challenge (RFC 9470 section 3): names and values.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> {
        let acr = (!self.acr.is_empty()).then(|| ("acr_values", self.acr.join(" ")));
        acr.into_iter().chain(self.max_age.map(|age| ("max_age", age.as_secs().to_string())))
    }

    /// What fulfils both; `None` when nothing can.
    pub(super) fn and(mut self, other: Self) -> Option<Self> {
        if self.acr.is_empty() {
            self.acr = other.acr;
        } else if !other.acr.is_empty() {
            self.acr.retain(|acr| other.acr.contains(acr));
            if self.acr.is_empty() {
                return None;
            }
        }
        self.max_age = self.max_age.into_iter().chain(other.max_age).min();
        Some(self)
    }
}

impl fmt::Display for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.parameters().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {value}")?;
        }
        Ok(())
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(age: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        age.map(|age| age.as_secs()).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::deserialize(from)?.map(Duration::from_secs))
    }
}
