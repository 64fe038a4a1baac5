//! The dashboard for operators asks for metrics that there are.

use std::{collections::BTreeSet, error::Error, fs, path::Path};

#[test]
fn every_metric_that_it_asks_for_is_recorded() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana/vestibule.json");
    let dashboard: serde_json::Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let panels = dashboard["panels"].as_array().ok_or("panels")?;
    let asked: BTreeSet<String> = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten())
        .filter_map(|target| target["expr"].as_str())
        .flat_map(|query| query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter(|word| word.starts_with("vestibule_"))
        .map(|word| word.trim_end_matches("_bucket").to_owned())
        .collect();
    let recorded = vestibule_web::observe::METRICS.iter().chain(vestibule::observe::METRICS);
    let recorded: BTreeSet<String> = recorded.map(|metric| metric.name.to_owned()).collect();
    assert!(!asked.is_empty());
    assert_eq!(asked.difference(&recorded).collect::<Vec<_>>(), Vec::<&String>::new());
    Ok(())
}
