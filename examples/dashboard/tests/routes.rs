//! The dashboard beside a development provider.

use anyhow::Result;
use example_shared::{
    Me,
    testing::{ACCESS_TOKEN_LIFETIME, Browser, Page, Stage},
};
use reqwest::{StatusCode, header};
use vestibule_dev_idp::{Application, Misbehaviour, Outage, TokenAnswerFault};

const END: &str = "/me/sessions/end";
const END_OTHERS: &str = "/me/sessions/end-others";

#[tokio::test]
async fn the_start_page_is_for_everybody() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let stranger = Browser::new()?.open(&stage.at("/")).await?.expect(StatusCode::OK)?;
    assert!(stranger.body.contains("/auth/login?return_to=/"));

    let (alice, _) = stage.alice_at("/me").await?;
    assert!(alice.open(&stage.at("/")).await?.body.contains("Hello, Alice Liddell"));
    Ok(())
}

#[tokio::test]
async fn the_account_page_asks_for_a_login_and_shows_who_is_there() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (_, page) = stage.alice_at("/me").await?;
    for shown in ["Alice Liddell", "alice@acme.example", "this browser", stage.idp.issuer()] {
        assert!(page.body.contains(shown), "{shown}");
    }
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str()?;
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains(&format!("form-action 'self' {};", stage.idp.issuer())), "{policy}");
    Ok(())
}

#[tokio::test]
async fn the_api_knows_the_user_and_nobody_else() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let problem = Browser::new()?.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_eq!(problem["code"], "auth.required");

    let (alice, _) = stage.alice_at("/me").await?;
    let me: Me = alice.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?.json()?;
    assert_eq!(me.name.as_deref(), Some("Alice Liddell"));
    assert!(me.sub.starts_with("usr_") && me.sid.is_some());
    Ok(())
}

#[tokio::test]
async fn the_api_takes_access_tokens_that_are_meant_for_it() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, _) = stage.alice_at("/me").await?;
    let in_browser: Me = alice.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?.json()?;
    let token_for = |audience: &str| -> Result<String> {
        stage.idp.register(Application::native("acme-cli").access_token_audience(audience))?;
        let token = stage.idp.access_token("acme-cli").subject(&in_browser.sub);
        Ok(token.sid(in_browser.sid.as_deref().unwrap_or_default()).sign()?)
    };
    let call = async |token: &str| -> Result<Page> {
        Browser::new()?.call_with_token(&stage.at("/api/me"), token).await
    };
    let me: Me = call(&token_for(&stage.at(""))?).await?.expect(StatusCode::OK)?.json()?;
    assert_eq!((&me.sub, &me.sid), (&in_browser.sub, &in_browser.sid));
    let problem = call(&token_for("https://elsewhere.example")?).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_eq!(problem["code"], "rs.audience");
    Ok(())
}

#[tokio::test]
async fn the_api_renews_an_access_token_that_is_due() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, _) = stage.alice_at("/me").await?;
    let before = stage.idp.requests();
    alice.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;
    assert_eq!((stage.idp.requests() - before).token, 0);

    stage.idp.clock().advance(ACCESS_TOKEN_LIFETIME);
    alice.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;
    assert_eq!((stage.idp.requests() - before).token, 1);
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_logs_nobody_out() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, _) = stage.alice_at("/me").await?;
    stage.idp.clock().advance(ACCESS_TOKEN_LIFETIME);
    stage.idp.go_offline(Outage::Refused);
    let answer = alice.call(&stage.at("/api/me")).await?;
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    answer.problem(StatusCode::SERVICE_UNAVAILABLE)?;
    alice.open(&stage.at("/me")).await?.expect(StatusCode::OK)?;
    Ok(())
}

#[tokio::test]
async fn a_provider_that_refuses_the_refresh_ends_the_session() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, _) = stage.alice_at("/me").await?;
    stage.idp.clock().advance(ACCESS_TOKEN_LIFETIME);
    stage.idp.misbehave(Misbehaviour::Refresh(TokenAnswerFault::Error("invalid_grant".into())));
    let problem = alice.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_ne!(problem["code"], "auth.required");
    let problem = alice.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_eq!(problem["code"], "auth.required");
    Ok(())
}

#[tokio::test]
async fn one_other_session_can_be_ended() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (laptop, _) = stage.alice_at("/me").await?;
    let (phone, page) = stage.alice_at("/me").await?;
    for shown in ["End all others", "Signed in just now · in use now", "last used just now"] {
        assert!(page.body.contains(shown), "{shown}");
    }
    assert!(!page.body.contains("role=\"status\""), "nothing has happened yet");

    let page = phone.submit(&page, END).await?.expect(StatusCode::OK)?;
    assert_eq!(page.url.path(), "/me");
    assert!(page.body.contains("That session has ended."));
    assert!(page.form(END).is_err(), "no other session is left");
    laptop.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    Ok(())
}

#[tokio::test]
async fn all_other_sessions_can_be_ended_and_this_one_stays() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (laptop, _) = stage.alice_at("/me").await?;
    let (tablet, _) = stage.alice_at("/me").await?;
    let (phone, page) = stage.alice_at("/me").await?;

    let page = phone.submit(&page, END_OTHERS).await?.expect(StatusCode::OK)?;
    assert!(page.body.contains("You are signed in nowhere else any more."));
    for other in [laptop, tablet] {
        other.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    }
    phone.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;
    Ok(())
}

/// Anybody can make a link that says something has ended.
#[tokio::test]
async fn nothing_is_said_to_have_ended_that_has_not() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    stage.alice_at("/me").await?;
    let (phone, page) = stage.alice_at("/me").await?;
    let other = page.form(END)?.into_iter().find(|(name, _)| name == "id").map(|(_, id)| id);
    for ended in ["others", &other.unwrap_or_default()] {
        let page = phone.open(&stage.at(&format!("/me?ended={ended}"))).await?.expect(StatusCode::OK)?;
        assert!(!page.body.contains("role=\"status\""), "{ended}");
    }
    Ok(())
}

/// Checklist D24.
#[tokio::test]
async fn forms_of_other_sites_change_nothing() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (laptop, _) = stage.alice_at("/me").await?;
    let (phone, page) = stage.alice_at("/me").await?;
    let genuine = page.form(END)?;
    let genuine: Vec<(&str, &str)> = genuine.iter().map(|(name, value)| (&**name, &**value)).collect();

    for path in [END, END_OTHERS] {
        let refused =
            phone.post_from_elsewhere(&stage.at(path), &genuine).await?.expect(StatusCode::FORBIDDEN)?;
        assert!(refused.body.contains("csrf.rejected"), "{path}");
    }
    let mut forged = page;
    forged.body = forged.body.replace("name=\"csrf\" value=\"", "name=\"csrf\" value=\"x");
    for path in [END, END_OTHERS, "/auth/logout"] {
        let refused = phone.submit(&forged, path).await?.expect(StatusCode::FORBIDDEN)?;
        assert!(refused.body.contains("csrf.rejected"), "{path}");
    }
    laptop.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;
    phone.call(&stage.at("/api/me")).await?.expect(StatusCode::OK)?;
    Ok(())
}

#[tokio::test]
async fn logging_out_ends_the_session_here_and_at_the_provider() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, page) = stage.alice_at("/me").await?;
    let page = alice.submit(&page, "/auth/logout").await?.expect(StatusCode::OK)?;
    assert_eq!(page.url.path(), "/auth/logged-out");
    alice.call(&stage.at("/api/me")).await?.problem(StatusCode::UNAUTHORIZED)?;
    assert_eq!(alice.open(&stage.at("/me")).await?.url.path(), "/authorize", "she is asked again");
    Ok(())
}

#[tokio::test]
async fn only_an_application_that_is_known_is_named_as_the_one_left() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let (alice, _) = stage.alice_at("/me").await?;
    let page = |from: &'static str| {
        let (alice, url) = (alice.clone(), stage.at(from));
        async move { anyhow::Ok(alice.open(&url).await?.expect(StatusCode::OK)?.body) }
    };
    assert!(page("/me?from=docs-portal").await?.contains("You came from the docs portal"));
    assert!(!page("/me?from=evil-portal").await?.contains("You came from"));
    assert!(!page("/me").await?.contains("You came from"));
    Ok(())
}

#[tokio::test]
async fn the_stylesheet_is_kept_for_ever_and_needs_no_session() -> Result<()> {
    let stage = Stage::set_axum("dashboard", dashboard::app)?;
    let page = Browser::new()?.open(&stage.at("/")).await?;
    let link = page.body.split("/style.css?").nth(1).and_then(|rest| rest.split('"').next());
    let style = Browser::new()?.open(&stage.at(&format!("/style.css?{}", link.unwrap_or_default()))).await?;
    assert_eq!(style.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert_eq!(style.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(!style.headers.contains_key(header::SET_COOKIE));
    Ok(())
}
