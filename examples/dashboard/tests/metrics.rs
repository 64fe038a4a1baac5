//! What a scraper finds after a login. Metrics are recorded for a whole process: hence a test binary of its own.

use anyhow::Result;
use example_shared::testing::Stage;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_scraper_sees_logins_and_logouts() -> Result<()> {
    let metrics = dashboard::metrics()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/metrics", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, metrics).await });

    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    stage.alice_at("/me").await?;
    let deliveries = stage.idp.end_session_of("alice");
    let deliveries = tokio::task::spawn_blocking(|| deliveries.wait()).await?;
    assert!(deliveries.iter().all(|delivery| delivery.succeeded()));

    let scraped = reqwest::get(&url).await?.error_for_status()?.text().await?;
    for line in [
        "# TYPE vestibule_logins_total counter",
        "vestibule_logins_total{",
        "vestibule_logout_tokens_total{",
        "vestibule_revocation_seconds_bucket{",
    ] {
        assert!(scraped.lines().any(|known| known.starts_with(line)), "{line}\n{scraped}");
    }
    assert!(!scraped.contains("alice"), "no user in\n{scraped}");
    assert!(dashboard::metrics().is_err(), "one process, one recorder");
    Ok(())
}
