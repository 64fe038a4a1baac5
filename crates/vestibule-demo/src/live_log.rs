//! What happens, as it happens: what the provider sees, and what the applications say.

use std::{
    fmt::{self, Write as _},
    time::SystemTime,
};

use chrono::{DateTime, Utc};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};
use vestibule_dev_idp::{Clock, DevIdp, EventKind};

use crate::paint::Paint;

const DEFAULT: &str = "info,actix_server=warn";

/// Prints what the applications log from now on, by the time of `clock`.
pub(crate) fn listen_to_applications(clock: &Clock, paint: Paint) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let lines = Lines { clock: clock.clone(), paint };
    tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).event_format(lines).init();
}

/// Prints what happens at the provider from now on.
pub(crate) fn listen_to_provider(idp: &DevIdp, paint: Paint) {
    let mut events = idp.events();
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            println!("{}", line(paint, event.at, "provider", &provider_text(paint, &event.kind)));
        }
    });
}

/// One line: when, who, what.
pub(crate) fn line(paint: Paint, at: SystemTime, who: &str, what: &str) -> String {
    let at = DateTime::<Utc>::from(at).format("%H:%M:%S%.3f").to_string();
    let padded = format!("{who:<13}");
    let who = match who.split(' ').next().unwrap_or_default() {
        "provider" => paint.green(&padded),
        "dashboard" => paint.blue(&padded),
        "docs-portal" => paint.yellow(&padded),
        _ => padded,
    };
    format!("  {}  {who}  {what}", paint.faint(&at))
}

fn provider_text(paint: Paint, event: &EventKind) -> String {
    let text = event.to_string();
    match event {
        EventKind::LogoutDelivered { .. } | EventKind::SingleSignOn { .. } => paint.bold(&text),
        EventKind::LogoutUndelivered { .. }
        | EventKind::RefreshRefused { .. }
        | EventKind::ClientRefused { .. }
        | EventKind::CodeRefused { .. } => paint.red(&text),
        _ => text,
    }
}

/// Writes the applications' own log in the same form. An application is known by the span around it.
struct Lines {
    clock: Clock,
    paint: Paint,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        let message = match *event.metadata().level() {
            Level::ERROR => self.paint.red(&said.message),
            Level::WARN => self.paint.yellow(&said.message),
            _ => said.message,
        };
        let who = context.event_scope().and_then(|spans| spans.from_root().next()).map(|application| {
            let extensions = application.extensions();
            let node = extensions.get::<FormattedFields<N>>().and_then(|fields| fields.strip_prefix("node="));
            [application.name(), node.unwrap_or_default()].join(" ")
        });
        let what = format!("{message}{}", self.paint.faint(&said.details));
        writeln!(
            writer,
            "{}",
            line(self.paint, self.clock.now(), who.as_deref().unwrap_or_default().trim_end(), &what)
        )
    }
}

/// The message and the other fields of a log event.
#[derive(Default)]
struct Said {
    message: String,
    details: String,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            "correlation" | "event" => Ok(()),
            name => write!(self.details, "  {name}: {value:?}"),
        };
    }

    /// Whether a token had this or that is for machines.
    fn record_bool(&mut self, _: &Field, _: bool) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}
