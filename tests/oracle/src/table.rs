use std::fmt::Write;

use crate::{Case, Expected};

/// The corpus as a Markdown table: the differences first, then what both judge alike.
pub fn table(corpus: &[Case]) -> String {
    let (differing, alike): (Vec<_>, Vec<_>) = corpus.iter().partition(|case| case.expected.why().is_some());
    let mut text = format!(
        "{} tokens: {} judged alike, {} not.\n\n## Judged differently\n\n\
         | rule | token | Vestibule | openidconnect | why |\n|---|---|---|---|---|\n",
        corpus.len(),
        alike.len(),
        differing.len()
    );
    for case in differing {
        let why = case.expected.why().unwrap_or_default();
        row(&mut text, case, &format!(" {why} |"));
    }
    text.push_str("\n## Judged alike\n\n| rule | token | Vestibule | openidconnect |\n|---|---|---|---|\n");
    for case in alike {
        row(&mut text, case, "");
    }
    text
}

fn row(text: &mut String, case: &Case, end: &str) {
    let Case { rule, token, expected, .. } = case;
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| {rule} | {token} | {} | {} |{end}", ours(*expected), theirs(*expected));
}

fn ours(expected: Expected) -> String {
    expected.ours().map_or_else(|code| format!("`{code}`"), |()| "accepts".to_owned())
}

fn theirs(expected: Expected) -> String {
    expected.theirs().map_or_else(|refusal| format!("refuses: {refusal}"), |()| "accepts".to_owned())
}
