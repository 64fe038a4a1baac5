//! Which security rules have tests: `docs/security.md` against the names of the tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

const RULES: &str = "docs/security.md";

/// Counts the tests of every rule, and fails where document and tests disagree.
pub(crate) fn run() -> Result<()> {
    let document = std::fs::read_to_string(RULES).with_context(|| format!("cannot read {RULES}"))?;
    let tests = count_tests(&sources()?);
    print!("{}", summary(&tests));
    let faults = disagreements(&states(&document), &tests);
    if faults.is_empty() {
        Ok(())
    } else {
        bail!("{RULES} and the tests disagree:\n  {}", faults.join("\n  "))
    }
}

/// All Rust sources that git knows of, or would.
fn sources() -> Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .output()
        .context("cannot start git")?;
    let paths = String::from_utf8(listed.stdout).context("git's list is not UTF-8")?;
    paths
        .lines()
        .filter(|path| Path::new(path).exists())
        .map(|path| std::fs::read_to_string(path).with_context(|| format!("cannot read {path}")))
        .collect()
}

/// How many test functions are named by each rule.
fn count_tests(sources: &[String]) -> BTreeMap<String, usize> {
    let mut tests = BTreeMap::new();
    for line in sources.iter().flat_map(|source| source.lines()) {
        let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(super) ");
        let line = line.trim_start_matches("async ");
        for rule in line.strip_prefix("fn ").into_iter().flat_map(rules_of) {
            *tests.entry(rule).or_default() += 1;
        }
    }
    tests
}

/// `E17` and `H06` of `e17_h06_the_last_good_set_stays()`.
fn rules_of(name: &str) -> impl Iterator<Item = String> {
    let words: Vec<&str> = name.split('_').collect();
    let before_the_last = words.len().saturating_sub(1);
    words.into_iter().take(before_the_last).map_while(rule_of)
}

fn rule_of(word: &str) -> Option<String> {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let table = word.strip_suffix(digits)?;
    let is_rule = digits.len() == 2
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && ["a", "b", "bm", "c", "d", "e", "f", "g", "h", "i"].contains(&table);
    is_rule.then(|| word.to_uppercase())
}

/// What the document says of each rule.
fn states(document: &str) -> BTreeMap<String, String> {
    document
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
            let rule = cells.next().filter(|rule| rule_of(&rule.to_lowercase()).is_some())?;
            Some((rule.to_owned(), cells.last()?.to_owned()))
        })
        .collect()
}

fn disagreements(states: &BTreeMap<String, String>, tests: &BTreeMap<String, usize>) -> Vec<String> {
    let untested =
        states.iter().filter_map(|(rule, state)| match (state.split(':').next(), tests.get(rule)) {
            (Some("tested" | "part"), None) => {
                Some(format!("{rule} is said to be tested, and no test is named by it"))
            }
            (Some("later"), Some(_)) => Some(format!("{rule} is said to come later, and has a test")),
            (Some("tested" | "part" | "later"), _) => None,
            _ => Some(format!("{rule} is neither `tested` nor `part` nor `later`")),
        });
    let unknown = tests
        .keys()
        .filter(|rule| !states.contains_key(*rule))
        .map(|rule| format!("a test is named by {rule}, which is no rule"));
    untested.chain(unknown).collect()
}

fn summary(tests: &BTreeMap<String, usize>) -> String {
    let mut tables: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (rule, count) in tests {
        let (rules, functions) =
            tables.entry(rule.trim_end_matches(|c: char| c.is_ascii_digit())).or_default();
        *rules += 1;
        *functions += count;
    }
    let lines = tables
        .iter()
        .map(|(table, (rules, functions))| format!("{table:<3}{rules:>4} rules {functions:>5} tests\n"));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
| ID | rule | state |
|---|---|---|
| A01 | one | tested |
| A02 | two | part: the rest is missing |
| BM03 | three | later: another time |";

    fn tests(source: &str) -> BTreeMap<String, usize> {
        count_tests(&[source.to_owned()])
    }

    #[test]
    fn tests_are_counted_by_the_rule_in_their_name() {
        let counted = tests(
            "fn a01_x() {}\n    async fn a01_y() {}\npub fn bm03_a01_z() {}\nfn a1_no() {}\nfn zz01_no() {}\nlet a01_ = 1;",
        );
        assert_eq!(counted, BTreeMap::from([("A01".to_owned(), 3), ("BM03".to_owned(), 1)]));
    }

    #[test]
    fn agreement_is_silent() {
        assert!(disagreements(&states(DOCUMENT), &tests("fn a01_x() {}\nfn a02_x() {}")).is_empty());
    }

    #[test]
    fn every_disagreement_is_named() {
        let faults = disagreements(&states(DOCUMENT), &tests("fn a01_x() {}\nfn bm03_x() {}\nfn c09_x() {}"));
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
