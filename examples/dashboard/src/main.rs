//! The dashboard as a program. What it is told by its environment is listed in `README.md`.

use example_shared::Settings;
use vestibule_axum::vestibule::Provider;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    example_shared::log();
    let settings = Settings::from_env("127.0.0.1:3000")?;
    if let Ok(listen_addr) = std::env::var("METRICS_ADDR") {
        let metrics = dashboard::metrics()?;
        tokio::spawn(async move { example_shared::on_axum::serve(&listen_addr, metrics).await });
    }
    // Asks nobody anything yet: the provider may be down, and the application starts all the same.
    let provider = Provider::new(&settings.issuer)?;
    let app = dashboard::app(&settings, settings.relying_party(&provider)?)?;
    Ok(example_shared::on_axum::serve(&settings.listen_addr, app).await?)
}
