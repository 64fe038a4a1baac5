//! The docs portal beside a development provider.

use anyhow::Result;
use example_shared::testing::{Browser, Stage};
use reqwest::StatusCode;

#[tokio::test]
async fn articles_are_for_everybody() -> Result<()> {
    let stage = Stage::set("docs-portal", docs_portal::serve)?;
    let stranger = Browser::new()?;
    for (path, title) in [("/", "One login"), ("/one-logout", "One logout")] {
        let page = stranger.open(&stage.at(path)).await?.expect(StatusCode::OK)?;
        assert_eq!(page.url.path(), path);
        assert!(page.body.contains(&format!("<h1>{title}</h1>")));
        assert!(page.body.contains(&format!("/auth/login?return_to={path}\"")), "the way in leads back here");
    }
    Ok(())
}

#[tokio::test]
async fn one_article_is_for_those_who_are_signed_in() -> Result<()> {
    let stage = Stage::set("docs-portal", docs_portal::serve)?;
    let (_, page) = stage.alice_at("/members").await?;
    assert!(page.body.contains("<h1>For members</h1>"));
    assert!(page.body.contains("Alice Liddell"));
    Ok(())
}

#[tokio::test]
async fn the_account_page_names_the_dashboard_when_it_sent_the_user() -> Result<()> {
    let stage = Stage::set("docs-portal", docs_portal::serve)?;
    let (alice, page) = stage.alice_at("/me?from=dashboard").await?;
    assert!(page.body.contains("You came from the dashboard"));
    assert!(page.body.contains("https://other.example/me?from=docs-portal"));
    let page = alice.open(&stage.at("/me?from=elsewhere")).await?.expect(StatusCode::OK)?;
    assert!(!page.body.contains("You came from"));
    Ok(())
}

#[tokio::test]
async fn a_logout_elsewhere_is_heard() -> Result<()> {
    let stage = Stage::set("docs-portal", docs_portal::serve)?;
    let (alice, _) = stage.alice_at("/me").await?;
    alice.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;

    let deliveries = stage.idp.end_session_of("alice").await;
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].status, Some(200));
    let problem = alice.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_eq!(problem["code"], "auth.required");
    Ok(())
}

#[tokio::test]
async fn it_starts_and_serves_without_the_provider() -> Result<()> {
    let stage = Stage::set("docs-portal", docs_portal::serve)?;
    stage.idp.go_offline(vestibule_dev_idp::Outage::Refused);
    let stranger = Browser::new()?;
    stranger.open(&stage.at("/")).await?.expect(StatusCode::OK)?;
    let login = stranger.open(&stage.at("/members")).await?;
    assert!(login.headers.contains_key("retry-after"));
    login.expect(StatusCode::SERVICE_UNAVAILABLE)?;

    stage.idp.go_online()?;
    Ok(())
}
