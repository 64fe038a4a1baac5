use std::{
    fmt,
    io::{self, IsTerminal, Write},
};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::Failure;

/// Where a command speaks: data to stdout, everything else to stderr.
///
/// Colours are left out where nobody sees them, and under `NO_COLOR`.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Terminal {
    quiet: bool,
    json: bool,
}

impl Terminal {
    /// A terminal that talks to people.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to leave out what is only good to know.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Whether data and errors are JSON, for programs.
    pub fn json(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    /// Whether data and errors are JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// What the command was asked for, as a line on stdout.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub fn data(&self, data: impl fmt::Display) -> io::Result<()> {
        let mut stdout = anstream::stdout().lock();
        writeln!(stdout, "{data}")?;
        stdout.flush()
    }

    /// As [`data`](Self::data), as one line of JSON.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub fn json_data(&self, data: &Value) -> io::Result<()> {
        self.data(data)
    }

    /// Good to know, left out when quiet.
    pub fn say(&self, text: impl fmt::Display) {
        if !self.quiet {
            self.tell(text);
        }
    }

    /// Good news, left out when quiet.
    pub fn done(&self, text: impl fmt::Display) {
        let tick = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
        self.say(format_args!("{tick}\u{2713}{tick:#} {text}"));
    }

    /// What must be known, quiet or not.
    pub fn tell(&self, text: impl fmt::Display) {
        // Nobody is left to be told that stderr is closed.
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// What went wrong, and what to do.
    pub fn fail(&self, failure: &Failure) {
        if self.json {
            return self.tell(failure.to_json());
        }
        let (red, dim) = (Style::new().fg_color(Some(AnsiColor::Red.into())).bold(), Style::new().dimmed());
        match failure.diagnosis() {
            Some(diagnosis) => {
                let (code, fix) = (diagnosis.code(), diagnosis.hint());
                self.tell(format_args!("{red}error{red:#}{dim}[{code}]{dim:#}: {failure}\n  fix: {fix}"));
            }
            None => self.tell(format_args!("{red}error{red:#}: {failure}")),
        }
    }

    /// Whether a person looks at stderr.
    pub fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Whether stderr shows colours.
    pub(crate) fn has_colours(&self) -> bool {
        self.is_watched() && AutoStream::choice(&io::stderr()) != ColorChoice::Never
    }
}
