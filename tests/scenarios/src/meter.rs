//! Every metric that the code under test records, held against the lists that it publishes.
//!
//! As for [`trace`](crate::trace), what a thread records is what its test records.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc, sync::Once};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use vestibule_web::observe::{METRICS, Metric, MetricKind};

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

#[derive(Default)]
struct Record {
    series: BTreeMap<String, Values>,
    described: BTreeMap<String, (Option<Unit>, String)>,
    undocumented: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Values {
    total: f64,
    observed: Vec<f64>,
}

/// Every metric of the SDK.
pub fn documented() -> impl Iterator<Item = &'static Metric> {
    vestibule::observe::METRICS.iter().chain(METRICS)
}

/// Starts a new record on this thread.
pub fn start() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        metrics::set_global_recorder(ToThread).expect("the only recorder of this process");
    });
    RECORD.take();
}

/// What was recorded: a line a series, with the total of a counter or a gauge, or with the number of observations.
/// Those of the metrics whose names begin like this.
pub fn lines(prefix: &str) -> Vec<String> {
    RECORD.with_borrow(|record| {
        let matching = record.series.iter().filter(|(series, _)| series.starts_with(prefix));
        matching
            .map(|(series, values)| {
                let number =
                    if values.observed.is_empty() { values.total } else { values.observed.len() as f64 };
                format!("{series} {number}")
            })
            .collect()
    })
}

/// The observations of a series, in seconds.
pub fn observed(series: &str) -> Vec<f64> {
    RECORD
        .with_borrow(|record| record.series.get(series).map(|values| values.observed.clone()))
        .unwrap_or_default()
}

/// What the recorder was told about a metric.
pub fn description(name: &str) -> Option<(Option<Unit>, String)> {
    RECORD.with_borrow(|record| record.described.get(name).cloned())
}

/// What was recorded that no list has, or not in that form.
pub fn undocumented() -> Vec<String> {
    RECORD.with_borrow(|record| record.undocumented.clone())
}

struct ToThread;

impl ToThread {
    fn series(key: &Key, is_kind: fn(MetricKind) -> bool) -> Arc<Series> {
        let labels: Vec<_> = key.labels().map(|label| (label.key(), label.value())).collect();
        let names: Vec<_> = labels.iter().map(|(name, _)| *name).collect();
        let values: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let series = match &values[..] {
            [] => key.name().to_owned(),
            _ => format!("{}{{{}}}", key.name(), values.join(",")),
        };
        let is_listed =
            |metric: &Metric| metric.name == key.name() && metric.labels == names && is_kind(metric.kind);
        if !documented().any(is_listed) {
            RECORD.with_borrow_mut(|record| record.undocumented.push(series.clone()));
        }
        Arc::new(Series(series))
    }

    fn describe(name: &KeyName, unit: Option<Unit>, description: &SharedString) {
        let told = (unit, description.to_string());
        RECORD.with_borrow_mut(|record| record.described.insert(name.as_str().to_owned(), told));
    }
}

impl Recorder for ToThread {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        Self::describe(&name, unit, &description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        Self::describe(&name, unit, &description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        Self::describe(&name, unit, &description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Self::series(key, |kind| kind == MetricKind::Counter))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Self::series(key, |kind| kind == MetricKind::Gauge))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Self::series(key, |kind| kind == MetricKind::Seconds))
    }
}

/// One series, recorded where its caller runs.
struct Series(String);

impl Series {
    fn change(&self, change: impl FnOnce(&mut Values)) {
        RECORD.with_borrow_mut(|record| change(record.series.entry(self.0.clone()).or_default()));
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.change(|values| values.total += value as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|values| values.total = value as f64);
    }
}

impl GaugeFn for Series {
    fn increment(&self, value: f64) {
        self.change(|values| values.total += value);
    }

    fn decrement(&self, value: f64) {
        self.change(|values| values.total -= value);
    }

    fn set(&self, value: f64) {
        self.change(|values| values.total = value);
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.change(|values| values.observed.push(value));
    }
}
