//! Visitors who are asked about without a page.

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use serde_json::Value;

use super::sign_on::{at_both, me};
use crate::browser::Browser;
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// `prompt=none`: who is signed in at the provider is known at once, and a stranger is asked about once.
pub(super) async fn login<P: Provider>(report: &mut Report, stage: &Stage<P>) -> Result<(), Stopped> {
    report
        .step("alice, signed in at the dashboard, opens a public page elsewhere, and is known there", async {
            let alice = at_both(stage, "alice").await?;
            let page = alice.open(stage.probe.url("/")?).await?.expect(StatusCode::OK)?;
            ensure!(page.redirects > 0, "the provider was not asked");
            ensure!(page.url == stage.probe.url("/")?, "she landed at {}", page.url);
            ensure!(page.json()?["sub"] == stage.provider.subject_of("alice")?, "she is not known");
            me(&alice, stage, &stage.dashboard, "alice").await
        })
        .await?;
    report
        .step("a stranger opens it and stays one; the provider is asked once, without a page", async {
            let stranger = Browser::new()?;
            for asked in [true, false] {
                let page = stranger.open(stage.probe.url("/")?).await?.expect(StatusCode::OK)?;
                ensure!((page.redirects > 0) == asked, "{} redirects", page.redirects);
                ensure!(page.url == stage.probe.url("/")?, "the stranger landed at {}", page.url);
                ensure!(page.json()?["sub"] == Value::Null, "the stranger is somebody");
            }
            Ok(())
        })
        .await
}
