//! Discovery documents that are wrong.

use serde_json::{Map, Value, json};

use crate::random;

/// One thing that is wrong with the discovery document (OpenID Connect Discovery 1.0 section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiscoveryFault {
    /// `issuer` ‖ "INVALID".
    Issuer,
    /// `issuer` ‖ "/".
    IssuerSlash,
    /// `jwks_uri` has another random ending each time. Allowed.
    JwksMoves,
    /// This member with this value.
    Member(String, Value),
    /// The lists are scrambled and name algorithms and response types that nobody needs, `none` among them. Allowed.
    Odd,
    /// This member is left out.
    Without(String),
}

impl DiscoveryFault {
    pub(crate) fn apply(&self, document: &mut Map<String, Value>) {
        match self {
            Self::Issuer => suffix(document, "issuer", "INVALID"),
            Self::IssuerSlash => suffix(document, "issuer", "/"),
            Self::JwksMoves => suffix(document, "jwks_uri", &random::name("/")),
            Self::Member(name, value) => {
                document.insert(name.clone(), value.clone());
            }
            Self::Odd => {
                document
                    .insert("response_types_supported".to_owned(), json!(["id_token code", "none", "code"]));
                document.insert(
                    "id_token_signing_alg_values_supported".to_owned(),
                    json!(["none", "HS256", "ES256K", "RS256", "ES256", "PS256", "EdDSA"]),
                );
                document.insert("unknown_member".to_owned(), json!({ "ignored": [1, null, "three"] }));
            }
            Self::Without(name) => {
                document.remove(name);
            }
        }
    }
}

fn suffix(document: &mut Map<String, Value>, member: &str, ending: &str) {
    let value = document.get(member).and_then(Value::as_str).unwrap_or_default();
    let longer = format!("{value}{ending}");
    document.insert(member.to_owned(), Value::String(longer));
}
