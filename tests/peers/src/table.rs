//! The results as a Markdown table.

use std::fmt::Write as _;

use crate::measure::Measured;

const HEAD: &str = "\
| | sessions | cookie, bytes | requests/s | beside bare | quartiles | bare, CPU µs | over bare, CPU µs | back-channel logout |
|---|---|--:|--:|--:|---|--:|--:|---|
";

pub(crate) fn of(measured: &[Measured]) -> String {
    let mut table = HEAD.to_owned();
    for one in measured {
        let [low, median, high] = one.beside_bare;
        let [bare, over] = [one.cpu_bare, one.cpu_over].map(|seconds| seconds * 1e6);
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {:.0} | {median:.2} | {low:.2}–{high:.2} | {bare:.1} | {over:+.1} | {} |",
            one.title, one.sessions, one.cookie, one.rate, one.backchannel_logout
        );
    }
    table
}
