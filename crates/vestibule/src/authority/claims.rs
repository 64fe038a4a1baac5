use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Authority;
use crate::ProviderTime;

/// In which claims a provider tells what a user may do, as JSON pointers (RFC 6901). Each list is read whole.
///
/// # Defaults
/// Roles in `roles`, permissions in `permissions`, scopes in `scope`, `scopes` and `scp`, the organization in `org_id`.
///
/// ```
/// use serde_json::json;
/// use vestibule::AuthorityClaims;
///
/// let claims = json!({ "realm_access": { "roles": ["editor"] }, "scope": "orders:read orders:write" });
/// let authority = AuthorityClaims::keycloak("dashboard").read(claims.as_object().unwrap());
/// assert!(authority.roles.contains("editor"));
/// assert!(authority.scopes.contains("orders:read"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityClaims {
    roles: Vec<String>,
    permissions: Vec<String>,
    scopes: Vec<String>,
    organizations: Vec<String>,
}

impl AuthorityClaims {
    /// Keycloak: the roles of the realm, and those of this client.
    pub fn keycloak(client_id: &str) -> Self {
        let client_id = client_id.replace('~', "~0").replace('/', "~1");
        Self::default()
            .roles(["/realm_access/roles".to_owned(), format!("/resource_access/{client_id}/roles")])
            .organizations(["/organization"])
    }

    /// Scalekit: the organization is in `oid`.
    pub fn scalekit() -> Self {
        Self::default().organizations(["/oid"])
    }

    /// Where roles are: a list of names, or one name.
    #[must_use]
    pub fn roles(mut self, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.roles = owned(pointers);
        self
    }

    /// Where permissions are: a list of names, or names with spaces between them.
    #[must_use]
    pub fn permissions(mut self, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions = owned(pointers);
        self
    }

    /// Where scopes are: a list of words, or words with spaces between them.
    #[must_use]
    pub fn scopes(mut self, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = owned(pointers);
        self
    }

    /// Where organizations are: one name, a list of names, or an object whose members are named by them.
    #[must_use]
    pub fn organizations(mut self, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.organizations = owned(pointers);
        self
    }

    /// Reads what these claims grant. The claims must come from a verified token.
    pub fn read(&self, claims: &Map<String, Value>) -> Authority {
        Authority {
            roles: collect(claims, &self.roles, |text| vec![text]),
            permissions: collect(claims, &self.permissions, words),
            scopes: collect(claims, &self.scopes, words),
            organizations: members(claims, &self.organizations)
                .chain(collect(claims, &self.organizations, |text| vec![text]))
                .collect(),
            email_verified: claims.get("email_verified") == Some(&Value::Bool(true)),
            acr: claims.get("acr").and_then(Value::as_str).map(str::to_owned),
            auth_time: claims.get("auth_time").and_then(Value::as_u64).map(ProviderTime::from_secs),
        }
    }
}

impl Default for AuthorityClaims {
    fn default() -> Self {
        Self {
            roles: owned(["/roles"]),
            permissions: owned(["/permissions"]),
            scopes: owned(["/scope", "/scopes", "/scp"]),
            organizations: owned(["/org_id"]),
        }
    }
}

fn owned(pointers: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    pointers.into_iter().map(Into::into).collect()
}

fn collect(
    claims: &Map<String, Value>,
    pointers: &[String],
    split: fn(&str) -> Vec<&str>,
) -> BTreeSet<String> {
    let values = pointers.iter().filter_map(|pointer| at(claims, pointer));
    values.flat_map(|value| names(value, split)).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The members of objects. In no other place is a member's name a grant: its value might say the contrary.
fn members(claims: &Map<String, Value>, pointers: &[String]) -> impl Iterator<Item = String> {
    let values = pointers.iter().filter_map(|pointer| at(claims, pointer)?.as_object());
    values.flat_map(Map::keys).cloned()
}

/// Names in a list count only when all of them are texts.
fn names(value: &Value, split: fn(&str) -> Vec<&str>) -> Vec<&str> {
    match value {
        Value::String(text) => split(text),
        Value::Array(list) => list.iter().map(Value::as_str).collect::<Option<_>>().unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

fn at<'a>(claims: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let mut tokens =
        pointer.strip_prefix('/')?.split('/').map(|token| token.replace("~1", "/").replace("~0", "~"));
    let first = claims.get(&tokens.next()?)?;
    tokens.try_fold(first, |value, token| value.get(&token))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claims: &AuthorityClaims, json: &Value) -> Authority {
        claims.read(json.as_object().unwrap())
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn scopes_are_words_of_a_text_or_a_list() {
        for (claims, scopes) in [
            (json!({ "scope": "read read:all" }), set(&["read", "read:all"])),
            (json!({ "scopes": ["read"], "scp": "write" }), set(&["read", "write"])),
            (json!({ "scope": "read,write" }), set(&["read,write"])),
            (json!({ "scope": "" }), set(&[])),
            (json!({ "scope": ["read", 7] }), set(&[])),
            (json!({ "scope": 7 }), set(&[])),
            (json!({}), set(&[])),
        ] {
            assert_eq!(read(&AuthorityClaims::default(), &claims).scopes, scopes, "{claims}");
        }
    }

    #[test]
    fn a_role_with_a_space_is_one_role() {
        let claims = json!({ "roles": "team lead" });
        assert_eq!(read(&AuthorityClaims::default(), &claims).roles, set(&["team lead"]));
    }

    #[test]
    fn keycloak_tells_roles_of_the_realm_and_of_this_client() {
        let claims = json!({
            "realm_access": { "roles": ["staff"] },
            "resource_access": { "a/b~c": { "roles": ["editor"] }, "other": { "roles": ["owner"] } },
            "organization": { "acme": { "id": "1" } },
        });
        let authority = read(&AuthorityClaims::keycloak("a/b~c"), &claims);
        assert_eq!(authority.roles, set(&["staff", "editor"]));
        assert_eq!(authority.organizations, set(&["acme"]));
    }

    #[test]
    fn a_member_is_no_role() {
        let claims = json!({ "roles": { "admin": false }, "scope": { "read": false } });
        assert_eq!(read(&AuthorityClaims::default(), &claims), Authority::default());
    }

    #[test]
    fn a29_only_the_json_value_true_verifies_an_address() {
        for (value, verified) in [(json!(true), true), (json!("true"), false), (json!(1), false)] {
            let claims = json!({ "email_verified": value });
            assert_eq!(read(&AuthorityClaims::default(), &claims).email_verified, verified);
        }
    }
}
