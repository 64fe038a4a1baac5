//! What operators read: the metrics of this process, in the text format of Prometheus.
//!
//! Vestibule records through the `metrics` facade; which recorder there is, is the application's choice. The page is for
//! the scraper alone, at an address of its own: it says how busy the application is.

use anyhow::{Context as _, Result};
use axum::{Router, http::header, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

/// Seconds, from a store in memory to a provider that is far away.
const BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Starts to record, for the whole process, and makes the page `GET /metrics`.
///
/// # Errors
/// When something records already.
pub fn metrics() -> Result<Router> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    let recorder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS)?;
    let recorded = recorder.install_recorder().context("metrics are recorded elsewhere")?;
    let page = get(|| async move {
        // What nobody has scraped yet is folded together here; no task of its own is needed.
        recorded.run_upkeep();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorded.render())
    });
    Ok(Router::new().route("/metrics", page))
}
