//! The room as a program. Its environment is the dashboard's.

use example_shared::Settings;
use vestibule_axum::vestibule::Provider;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    example_shared::log();
    let settings = Settings::from_env("127.0.0.1:3002")?;
    let provider = Provider::new(&settings.issuer)?;
    let app = live::app(&settings, settings.relying_party(&provider)?);
    Ok(example_shared::on_axum::serve(&settings.listen_addr, app).await?)
}
