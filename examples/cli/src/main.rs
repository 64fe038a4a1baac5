//! `acme`: a command that belongs to a product. It signs in with the browser, where the product's users mostly are signed
//! in already, and calls the product's API as them.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use vestibule_cli::{
    Failure, Terminal, run,
    vestibule_native::{
        Login, Logout, NativeApp, StorePolicy, VaultKey,
        vestibule::{Diagnose, Diagnosis, Disposition, Provider},
    },
};

/// Acme in your terminal
#[derive(Parser)]
#[command(name = "acme", version)]
struct Cli {
    #[command(flatten)]
    product: Product,
    #[command(subcommand)]
    command: Command,
}

/// A product has these built in.
#[derive(Args)]
struct Product {
    /// The provider
    #[arg(long, global = true, env = "ACME_ISSUER", default_value = "http://127.0.0.1:9400")]
    issuer: String,
    /// The dashboard, whose API is called
    #[arg(long, global = true, env = "ACME_DASHBOARD", default_value = "http://127.0.0.1:3000")]
    dashboard: String,
    /// Keep the login in a file, sealed with the key in this one: for machines without a secure store
    #[arg(long, global = true, env = "ACME_KEY_FILE")]
    key_file: Option<std::path::PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Sign in
    Login {
        /// Print the address instead of opening the browser
        #[arg(long)]
        no_browser: bool,
    },
    /// Ask the dashboard who you are
    Me,
    /// Sign out
    Logout,
}

fn main() -> ExitCode {
    let Cli { product, command } = Cli::parse();
    let terminal = Terminal::new();
    run(terminal, async {
        let app = product.app()?;
        match command {
            Command::Login { no_browser } => {
                let login = if no_browser { Login::new().without_browser() } else { Login::new() };
                terminal.login(&app, login).await?;
            }
            Command::Me => terminal.data(product.me(&app).await?)?,
            Command::Logout => {
                let farewell = app.logout(Logout::new()).await?;
                terminal.done(format_args!("Signed out {}.", farewell.name));
            }
        }
        Ok(())
    })
}

impl Product {
    fn app(&self) -> Result<NativeApp, Failure> {
        let client = Provider::new(&self.issuer)?.native("acme-cli");
        let policy = match &self.key_file {
            Some(path) => StorePolicy::EncryptedFile(VaultKey::from_file(path).map_err(Failure::diagnosed)?),
            None => StorePolicy::Required,
        };
        Ok(NativeApp::builder(client).store(policy).build()?)
    }

    /// Calls the API with the user's token, renewed when it is due.
    async fn me(&self, app: &NativeApp) -> Result<String, Failure> {
        let token = app.access_token().await?;
        let request = reqwest::Client::new().get(format!("{}/api/me", self.dashboard));
        let answer = request.bearer_auth(token.expose()).send().await?;
        match answer.status().as_u16() {
            status @ (401 | 403) => Err(Failure::diagnosed(Refused(status))),
            _ => Ok(answer.error_for_status()?.text().await?),
        }
    }
}

/// The API does not let the user in.
#[derive(Debug)]
struct Refused(u16);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the dashboard answered with status {}", self.0)
    }
}

impl std::error::Error for Refused {}

impl Diagnose for Refused {
    fn diagnosis(&self) -> Diagnosis {
        Diagnosis::new(
            "acme.refused",
            Disposition::Reject,
            "ask an administrator for access to the dashboard's API",
        )
    }
}
