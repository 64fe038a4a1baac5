//! The command line.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// What a run needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) config: PathBuf,
    pub(crate) listen: Option<String>,
}

/// What the caller wants.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Help,
    Run(Arguments),
    Version,
}

/// What is wrong with the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ArgumentError {
    NoConfig,
    NoValue(&'static str),
    Unknown(String),
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConfig => f.write_str("--config is missing"),
            Self::NoValue(option) => write!(f, "{option} needs a value"),
            Self::Unknown(argument) => write!(f, "`{argument}` is no argument of this program"),
        }
    }
}

impl Arguments {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Wish, ArgumentError> {
        let mut arguments = arguments.into_iter();
        let (mut config, mut listen) = (None, None);
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--config" | "-c") => {
                    let path = arguments.next().ok_or(ArgumentError::NoValue("--config"))?;
                    config = Some(PathBuf::from(path));
                }
                Some("--listen" | "-l") => {
                    let address = arguments.next().ok_or(ArgumentError::NoValue("--listen"))?;
                    listen = Some(address.to_string_lossy().into_owned());
                }
                Some("--help" | "-h") => return Ok(Wish::Help),
                Some("--version" | "-V") => return Ok(Wish::Version),
                _ => return Err(ArgumentError::Unknown(argument.to_string_lossy().into_owned())),
            }
        }
        Ok(Wish::Run(Self { config: config.ok_or(ArgumentError::NoConfig)?, listen }))
    }
}

pub(crate) const HELP: &str = "\
A strict OpenID Provider for development and tests.

Usage: vestibule-dev-idp --config FILE [--listen ADDRESS]

  -c, --config FILE      users and applications, in TOML
  -l, --listen ADDRESS   a loopback address and a port; replaces `listen` of the file
  -h, --help             this text
  -V, --version          the version

It prints the issuer, then a line for each thing that happens, until it is ended.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Wish, ArgumentError> {
        Arguments::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn the_command_line_is_understood() {
        let run = |listen: Option<&str>| {
            let listen = listen.map(str::to_owned);
            Ok(Wish::Run(Arguments { config: PathBuf::from("apps.toml"), listen }))
        };
        assert_eq!(parse(&["--config", "apps.toml"]), run(None));
        assert_eq!(parse(&["-l", "127.0.0.1:1", "-c", "apps.toml"]), run(Some("127.0.0.1:1")));
        assert_eq!(parse(&["--help"]), Ok(Wish::Help));
        assert_eq!(parse(&["-V"]), Ok(Wish::Version));
        assert_eq!(parse(&[]), Err(ArgumentError::NoConfig));
        assert_eq!(parse(&["--config"]), Err(ArgumentError::NoValue("--config")));
        assert_eq!(parse(&["--port"]), Err(ArgumentError::Unknown("--port".to_owned())));
    }
}
