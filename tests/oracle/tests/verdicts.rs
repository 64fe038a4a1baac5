//! Both verifiers against the corpus, and the corpus against its table in the documentation.

use std::{env, fs, path::Path};

use oracle::{Case, corpus, judge_ours, judge_theirs, table};

#[tokio::test]
async fn both_judge_every_token_as_the_corpus_says() {
    let mut surprises = Vec::new();
    for case in corpus() {
        let Case { rule, token, expected, .. } = &case;
        let (ours, theirs) = (judge_ours(&case).await, judge_theirs(&case));
        if ours != expected.ours() {
            surprises.push(format!("{rule}, {token}: ours {ours:?}, expected {:?}", expected.ours()));
        }
        if theirs != expected.theirs() {
            surprises.push(format!("{rule}, {token}: theirs {theirs:?}, expected {:?}", expected.theirs()));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// `VESTIBULE_WRITE_DOCS=1` writes the table instead.
#[test]
fn the_documentation_has_the_table() {
    const MARK: &str = "<!-- The rest is written by `VESTIBULE_WRITE_DOCS=1 cargo test -p oracle`. -->\n\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/oracle.md");
    let document = fs::read_to_string(&path).expect("docs/oracle.md");
    let (introduction, written) = document.split_once(MARK).expect("the mark in docs/oracle.md");
    let table = table(&corpus());
    if env::var_os("VESTIBULE_WRITE_DOCS").is_some() {
        fs::write(&path, format!("{introduction}{MARK}{table}")).expect("docs/oracle.md can be written");
    } else {
        assert!(written == table, "docs/oracle.md is old: run VESTIBULE_WRITE_DOCS=1 cargo test -p oracle");
    }
}

#[test]
fn every_token_is_described_once() {
    let corpus = corpus();
    for (number, case) in corpus.iter().enumerate() {
        let twin = corpus[..number].iter().find(|other| other.token == case.token);
        assert!(twin.is_none(), "two tokens are called {}", case.token);
    }
}
