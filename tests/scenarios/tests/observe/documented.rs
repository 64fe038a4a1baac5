//! That `docs/observability.md` lists what the code has, all of it, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use scenarios::meter;
use vestibule_web::observe::MetricKind;

/// The crates that are part of an application.
const CRATES: [&str; 4] = ["vestibule", "vestibule-web", "vestibule-axum", "vestibule-actix"];
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The first three columns of the rows below a heading.
fn rows(heading: &str) -> BTreeSet<[String; 3]> {
    let text = fs::read_to_string(workspace().join("docs/observability.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with(heading)).expect(heading);
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(|cell| cell.trim().replace('`', ""));
        Some([cells.next()?, cells.next()?, cells.next()?])
    };
    section.lines().filter_map(row).collect()
}

#[test]
fn every_metric_is_listed_and_no_other() {
    let kind = |kind| match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Seconds => "histogram, seconds",
        other => panic!("{other:?}"),
    };
    let recorded = meter::documented()
        .map(|metric| [metric.name.to_owned(), kind(metric.kind).to_owned(), metric.labels.join(", ")])
        .collect();
    assert_eq!(rows("Metrics"), recorded);
}

#[test]
fn every_event_is_listed_and_no_other() {
    let mut said = BTreeMap::new();
    for macro_call in macro_calls(&LEVELS) {
        let Some(event) = macro_call.arguments.iter().find_map(|argument| argument.strip_prefix("event = "))
        else {
            panic!("an event without a name in {}: {:?}", macro_call.file, macro_call.arguments);
        };
        let event = event.trim_matches('"').to_owned();
        let row = [event.clone(), macro_call.name, fields(&macro_call.arguments, "event")];
        let known = said.entry(event).or_insert_with(|| row.clone());
        assert_eq!(*known, row, "one event, one form");
    }
    assert!(said.len() > 30, "{said:?}");
    assert_eq!(rows("Events"), said.into_values().collect());
}

#[test]
fn every_span_is_listed_and_no_other() {
    let spans = macro_calls(&["info_span", "debug_span", "trace_span", "warn_span", "error_span", "span"]);
    let row = |call: MacroCall| {
        let level = call.name.trim_end_matches("_span").to_owned();
        [call.arguments[0].trim_matches('"').to_owned(), level, fields(&call.arguments[1..], "")]
    };
    assert_eq!(rows("Spans"), spans.into_iter().map(row).collect());
}

struct MacroCall {
    file: String,
    name: String,
    arguments: Vec<String>,
}

/// The calls of macros of `tracing` in the sources.
fn macro_calls(names: &[&str]) -> Vec<MacroCall> {
    let mut calls = Vec::new();
    for file in CRATES.iter().flat_map(|name| sources(&workspace().join("crates").join(name).join("src"))) {
        let text = fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("tracing::") {
            let rest = &text[at + "tracing::".len()..];
            let Some((name, arguments)) = rest.split_once("!(") else { continue };
            if names.contains(&name) {
                let (file, name) = (file.display().to_string(), name.to_owned());
                calls.push(MacroCall { file, name, arguments: arguments_of(arguments) });
            }
        }
    }
    calls
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// What stands between the commas up to the closing bracket.
fn arguments_of(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut arguments) = (0, false, vec![String::new()]);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => break,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                arguments.push(String::new());
                continue;
            }
            _ => {}
        }
        arguments.last_mut().unwrap().push(c);
    }
    arguments.into_iter().map(|argument| argument.trim().to_owned()).collect()
}

/// The names of the fields, as written, but one.
fn fields(arguments: &[String], but: &str) -> String {
    let names = arguments.iter().filter(|argument| !argument.is_empty() && !argument.starts_with('"'));
    let names = names.map(|argument| argument.split(" = ").next().unwrap().trim_start_matches(['%', '?']));
    names.filter(|name| *name != but).collect::<Vec<_>>().join(", ")
}
