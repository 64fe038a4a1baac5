//! The documentation portal as a program. What it is told by its environment is listed in `README.md`.

use example_shared::Settings;
use vestibule_actix::vestibule::Provider;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    example_shared::log();
    let settings = Settings::from_env("127.0.0.1:3001")?;
    // Asks nobody anything yet: the provider may be down, and the application starts all the same.
    let provider = Provider::new(&settings.issuer)?;
    let relying_party = settings.relying_party(&provider)?;
    let listener = example_shared::listen(&settings.listen_addr)?;
    Ok(docs_portal::serve(listener, settings, relying_party).await?)
}
