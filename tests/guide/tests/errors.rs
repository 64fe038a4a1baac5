//! The table of errors says what the source says: every stable code once, with the cure that the error itself names.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// What an error advises, by its code.
type Hints = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_code_is_explained_as_the_error_explains_itself() -> Result<(), Box<dyn Error>> {
    let mut source = Hints::new();
    let libraries = [
        "vestibule",
        "vestibule-web",
        "vestibule-axum",
        "vestibule-actix",
        "vestibule-redis",
        "vestibule-sql",
        "vestibule-native",
        "vestibule-cli",
        "vestibule-redis",
        "vestibule-sql",
    ];
    for library in libraries {
        collect(&root().join("crates").join(library).join("src"), &mut source)?;
    }
    assert!(source.len() > 100, "the source was not understood: {source:#?}");

    let guide = fs::read_to_string(root().join("docs/guide/src/errors.md"))?;
    let mut explained = BTreeMap::new();
    for row in guide.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (code, explanation) = row.split_once("` |").ok_or("a row without a code")?;
        if !is_code(code) {
            continue;
        }
        assert!(explained.insert(code, explanation).is_none(), "{code} has two rows");
    }
    let known: BTreeSet<_> = source.keys().map(String::as_str).collect();
    let listed: BTreeSet<_> = explained.keys().copied().collect();
    let missing: Vec<_> = known.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&known).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/guide/src/errors.md lacks {missing:?}, and still has {stale:?}"
    );
    for (code, hints) in &source {
        for hint in hints {
            let cell = hint.replace('|', "\\|");
            assert!(
                explained[code.as_str()].contains(&cell),
                "docs/guide/src/errors.md: {code} lacks: {cell}"
            );
        }
    }
    Ok(())
}

fn collect(folder: &Path, into: &mut Hints) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = |line: &&str| !line.trim_start().starts_with("//");
            let text = fs::read_to_string(&path)?;
            let text = text.lines().filter(code).collect::<Vec<_>>().join("\n").replace("'\"'", "''");
            diagnosed(&text, into);
            logged(&text, into);
        }
    }
    Ok(())
}

/// The codes of `impl Diagnose`, each followed by its hint where both stand together.
fn diagnosed(text: &str, into: &mut Hints) {
    for implementation in text.split("\nimpl Diagnose for ").skip(1) {
        let body = implementation.split("\n}").next().unwrap_or_default();
        let mut latest = None;
        for (between, literal) in literals(body) {
            if is_code(&literal) {
                latest = Some(into.entry(literal).or_default());
            } else if let Some(hints) = latest.take().filter(|_| !between.contains([';', ')', '}'])) {
                hints.insert(literal);
            }
        }
    }
}

/// The codes that stand in the log alone.
fn logged(text: &str, into: &mut Hints) {
    for (between, literal) in literals(text) {
        let is_told =
            ["code = ", "refused(", "ok_or(", "Err(", "|_| "].iter().any(|before| between.ends_with(before));
        if is_told && is_code(&literal) {
            into.entry(literal).or_default();
        }
    }
}

/// Every string literal, and what stands between it and the one before.
fn literals(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while rest.peek().is_some() {
        let between: String = rest.by_ref().take_while(|&c| c != '"').collect();
        let mut literal = String::new();
        while let Some(c) = rest.next().filter(|&c| c != '"') {
            match c {
                // A line that goes on in the next one.
                '\\' if rest.next_if_eq(&'\n').is_some() => while rest.next_if_eq(&' ').is_some() {},
                '\\' => literal.extend(rest.next()),
                c => literal.push(c),
            }
        }
        found.push((between, literal));
    }
    found
}

fn is_code(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.split_once('.').is_some_and(|(family, rule)| is_word(family) && is_word(rule))
}
