use metrics::Unit;

/// A metric that is recorded through the facade of the crate `metrics`: its name, and what it counts.
///
/// Names and labels are as stable as error codes. Values of labels are words of this SDK's own, such as error codes; never
/// anything that a request, a token or a provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, in the form that Prometheus recommends.
    pub name: &'static str,
    /// What kind it is.
    pub kind: MetricKind,
    /// The names of its labels; every value has all of them.
    pub labels: &'static [&'static str],
    /// What it tells, in one sentence.
    pub description: &'static str,
}

/// What kind of metric it is, and in which unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only grows; events.
    Counter,
    /// Goes up and down; things.
    Gauge,
    /// A distribution, in seconds.
    Seconds,
}

impl Metric {
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        kind: MetricKind,
        labels: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        Self { name, kind, labels, description }
    }

    /// Tells the recorder that is installed now what this metric is.
    pub fn describe(&self) {
        match self.kind {
            MetricKind::Counter => metrics::describe_counter!(self.name, Unit::Count, self.description),
            MetricKind::Gauge => metrics::describe_gauge!(self.name, Unit::Count, self.description),
            MetricKind::Seconds => metrics::describe_histogram!(self.name, Unit::Seconds, self.description),
        }
    }
}
