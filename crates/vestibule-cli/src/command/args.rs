use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::settings::Store;

/// Sign in from a terminal, and get tokens for scripts.
#[derive(Parser)]
#[command(name = "vestibule", version, about, after_help = EXAMPLES, after_long_help = LONG_HELP, propagate_version = true)]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
pub(crate) struct Common {
    /// A profile of the configuration
    #[arg(short, long, global = true, env = "VESTIBULE_PROFILE", value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The provider, exactly as its metadata states it
    #[arg(long, global = true, env = "VESTIBULE_ISSUER", value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// The client id of a native application registered there
    #[arg(long, global = true, env = "VESTIBULE_CLIENT_ID", value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// An account other than the one signed in last, by its name or its subject
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Where logins are kept: the secure store of the system, or a sealed file
    #[arg(long, global = true, value_name = "STORE")]
    pub(crate) store: Option<Store>,
    /// The key of the sealed file: a file of 32 random bytes that only you can read
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Print data and errors as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Leave out what is only good to know
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sign in, in your browser or on another device
    Login(LoginArgs),
    /// Print an access token, renewed when it is due
    Token(TokenArgs),
    /// Tell who is signed in, and whether they still are at the provider
    Whoami,
    /// Sign out here, and withdraw the tokens at the provider
    Logout(LogoutArgs),
    /// List who is signed in, to which application
    Accounts,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Args)]
pub(crate) struct LoginArgs {
    /// Ask for this scope beside `openid`, instead of `profile` and `email`; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    /// Sign in on another device, with a code
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) device: bool,
    /// Print the address instead of opening the browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Who is signing in, such as an e-mail address
    #[arg(long, value_name = "NAME")]
    pub(crate) hint: Option<String>,
    /// How long you may take: 90s, 5m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = span)]
    pub(crate) timeout: Duration,
}

#[derive(Args)]
pub(crate) struct TokenArgs {
    /// How long the token must still be good for: 30s, 10m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = span)]
    pub(crate) min_valid: Duration,
}

#[derive(Args)]
pub(crate) struct LogoutArgs {
    /// Sign out every account of this application
    #[arg(long, conflicts_with = "account")]
    pub(crate) all: bool,
    /// End the session at the provider too, in your browser: you are signed out of every application
    #[arg(long)]
    pub(crate) browser: bool,
}

/// Seconds, or a number with `s`, `m` or `h`.
fn span(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.as_bytes().last()),
        None => (text, None),
    };
    let seconds_each = match unit {
        Some(b'h') => 3600,
        Some(b'm') => 60,
        _ => 1,
    };
    let seconds = number.parse::<u32>().map_err(|_| "write it as 90s, 5m or 1h".to_owned())?;
    Ok(Duration::from_secs(u64::from(seconds) * seconds_each))
}

const EXAMPLES: &str = "\
Examples:
  vestibule login --issuer https://acme.example --client-id acme-cli
  curl -H \"Authorization: Bearer $(vestibule token)\" https://api.acme.example/me
  vestibule logout";

const LONG_HELP: &str = "\
Examples:
  vestibule login --issuer https://acme.example --client-id acme-cli
  curl -H \"Authorization: Bearer $(vestibule token)\" https://api.acme.example/me
  vestibule logout

A login is remembered: the next commands need neither --issuer nor --client-id.

Exit codes:
    0  done
    1  failed
    2  used or configured wrongly
    3  nobody is signed in, or the session was ended elsewhere
    4  refused, by you or by the provider
    5  the provider is out of reach; whoever was signed in still is
    6  the secure store does not do its part
    7  it took too long
  130  called off with Ctrl-C

Configuration ($XDG_CONFIG_HOME/vestibule/config.toml):
  default = \"acme\"

  [profile.acme]
  issuer = \"https://acme.example\"
  client_id = \"acme-cli\"
  scopes = [\"profile\", \"email\"]
  redirect = \"http://127.0.0.1/callback\"   # as registered; any port is taken without one
  store = \"required\"                       # or \"encrypted-file\", with key_file

There is no place for a secret in it, and none is read from arguments or the environment.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn spans_have_units() {
        let seconds = |text| span(text).map(|span| span.as_secs());
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("1h"), Ok(3600));
        for text in ["", "m", "-1s", "1d", "5mm", "4294967296", "1.5m", "\u{e9}"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
