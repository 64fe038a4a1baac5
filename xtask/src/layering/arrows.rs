//! The arrows between the crates of the workspace.

use crate::metadata::{Metadata, Package};

/// What a crate may import of the workspace.
enum Imports {
    Only(&'static [&'static str]),
    Any,
}

use Imports::{Any, Only};

/// Every crate of the workspace. The picture is in docs/architecture.md.
const ARROWS: &[(&str, Imports)] = &[
    ("vestibule", Only(&[])),
    ("vestibule-web", Only(&["vestibule"])),
    ("vestibule-actix", Only(&["vestibule-web"])),
    ("vestibule-axum", Only(&["vestibule-web"])),
    ("vestibule-redis", Only(&["vestibule", "vestibule-web"])),
    ("vestibule-sql", Only(&["vestibule", "vestibule-web"])),
    ("vestibule-native", Only(&["vestibule"])),
    ("vestibule-cli", Only(&["vestibule-native"])),
    (DEV_IDP, Only(&[])),
    ("vestibule-demo", Any),
    ("acme", Only(&["vestibule-cli"])),
    ("dashboard", Only(&["vestibule-axum", "example-shared"])),
    ("docs-portal", Only(&["vestibule-actix", "example-shared"])),
    ("live", Only(&["vestibule-axum", "example-shared"])),
    // The provider is for tests, behind a feature; so is each adapter. The store is chosen by URL, so each is there.
    (
        "example-shared",
        Only(&[
            "vestibule-web",
            "vestibule-actix",
            "vestibule-axum",
            "vestibule-dev-idp",
            "vestibule-redis",
            "vestibule-sql",
        ]),
    ),
    ("scenarios", Any),
    ("native", Any),
    ("guide", Any),
    ("oracle", Only(&["vestibule"])),
    ("engines", Any),
    ("interop", Only(&["steps", "vestibule-axum"])),
    ("steps", Only(&[])),
    ("xtask", Only(&[])),
];

/// The one crate whose tests, too, import none of ours: a misreading shared by both sides would make them agree.
const DEV_IDP: &str = "vestibule-dev-idp";

/// The imports that no arrow allows, and the crates that have none.
pub(super) fn violations(workspace: &Metadata) -> Vec<String> {
    let mut violations: Vec<String> =
        workspace.packages.iter().flat_map(|member| of(member, workspace)).collect();
    let missing = ARROWS.iter().filter(|(name, _)| workspace.package(name).is_none());
    violations.extend(missing.map(|(name, _)| format!("{name}: has arrows, but is not in the workspace")));
    violations
}

fn of(importer: &Package, workspace: &Metadata) -> Vec<String> {
    let Some((_, imports)) = ARROWS.iter().find(|(name, _)| *name == importer.name) else {
        return vec![format!(
            "{}: has no arrows; give it some in xtask/src/layering/arrows.rs",
            importer.name
        )];
    };
    let allowed = |name: &str| match imports {
        Any => true,
        Only(names) => names.contains(&name),
    };
    let dependencies = importer.dependencies.iter().filter(|dependency| dependency.name != importer.name);
    let ours = dependencies.filter(|dependency| workspace.package(&dependency.name).is_some());
    let counted =
        ours.filter(|dependency| dependency.kind.as_deref() != Some("dev") || importer.name == DEV_IDP);
    let broken = counted.filter(|dependency| !allowed(&dependency.name));
    broken.map(|dependency| format!("{} → {}: no arrow allows it", importer.name, dependency.name)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The workspace with one more dependency, of `importer` on `imported`.
    fn workspace_with(importer: &str, imported: &str, kind: Option<&str>) -> Metadata {
        let package = |name: &str| {
            let added = (name == importer).then(|| json!({ "name": imported, "kind": kind }));
            let dependencies: Vec<Value> = added.into_iter().collect();
            json!({ "name": name, "dependencies": dependencies, "features": {} })
        };
        let packages: Vec<Value> = ARROWS.iter().map(|(name, _)| package(name)).collect();
        serde_json::from_value(json!({ "packages": packages })).unwrap()
    }

    #[test]
    fn allowed_imports_pass() {
        for (importer, imported) in
            [("vestibule-web", "vestibule"), ("vestibule-demo", "vestibule-dev-idp"), ("vestibule", "serde")]
        {
            assert_eq!(violations(&workspace_with(importer, imported, None)), [""; 0]);
        }
    }

    #[test]
    fn an_import_upwards_is_named() {
        let broken = violations(&workspace_with("vestibule", "vestibule-web", None));

        assert_eq!(broken, ["vestibule → vestibule-web: no arrow allows it"]);
    }

    #[test]
    fn a_build_dependency_counts() {
        let broken = violations(&workspace_with("vestibule-web", "vestibule-axum", Some("build")));

        assert_eq!(broken, ["vestibule-web → vestibule-axum: no arrow allows it"]);
    }

    #[test]
    fn tests_may_import_anything_but_those_of_the_development_provider() {
        assert_eq!(violations(&workspace_with("vestibule-web", "vestibule-dev-idp", Some("dev"))), [""; 0]);
        assert_eq!(
            violations(&workspace_with("vestibule-dev-idp", "vestibule", Some("dev"))),
            ["vestibule-dev-idp → vestibule: no arrow allows it"]
        );
    }

    #[test]
    fn the_table_and_the_workspace_list_the_same_crates() {
        let mut workspace = workspace_with("vestibule", "serde", None);
        workspace.packages[0].name = "vestibule-new".to_owned();

        assert_eq!(
            violations(&workspace),
            [
                "vestibule-new: has no arrows; give it some in xtask/src/layering/arrows.rs",
                "vestibule: has arrows, but is not in the workspace"
            ]
        );
    }
}
