//! A logout that one node cannot store, while the others can.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use engines::proxy::Proxy;
use scenarios::Browser;
use tokio::time::sleep;
use vestibule_web::NearCache;

use super::engine::Engine;
use super::stage::{Found, Stage, visit};

/// In force at once where it was heard, and everywhere once it is stored: from the moment at which it was first heard.
pub(super) async fn bm08_bm09_cut_off_from_the_store<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let mut stage = Stage::set(&engine).await?;
    let own_way = Proxy::to(engine.address()).await?;
    let store = NearCache::over(E::node(&own_way.in_url(&engine.url()))?);
    stage.nodes[2] = stage.world.node_over(Arc::new(store), stage.world.clock()).await;
    ensure!(!stage.everybody().await.contains(&Found::SignedOut), "all are known there");
    let [first, _, cut_off] = &stage.nodes;
    let carol = &stage.people[2];

    let under_way = Browser::new("carol");
    let callback = under_way.start_login(first, "/auth/login").await;
    let token = stage.logout_token("carol");
    own_way.refuse();
    for retry in [false, true] {
        let status = stage.hear(2, &token).await;
        ensure!(status == 400, "a logout that cannot be stored got {status} (retry: {retry})");
        let found = visit(carol, cut_off).await;
        ensure!(found != Found::SignedIn, "she is still in where it was heard");
    }
    // A node that is told no time knows it to a few milliseconds.
    sleep(Duration::from_millis(50)).await;
    let later = Browser::new("carol");
    later.log_in(first).await;
    ensure!(visit(&later, first).await == Found::SignedIn, "who logs in meanwhile is in");

    own_way.heal();
    let landed = stage
        .until("the logout is stored", async || Ok(stage.everywhere(carol).await == [Found::SignedOut; 3]))
        .await?;
    stage
        .until("who logged in meanwhile is in everywhere", async || {
            let found = stage.everywhere(&later).await;
            ensure!(!found.contains(&Found::SignedOut), "who logged in meanwhile was signed out");
            Ok(found == [Found::SignedIn; 3])
        })
        .await?;
    let answer = under_way.page(first, &callback).await;
    ensure!(answer.status == 303, "a login from before begins anew: {answer:?}");
    ensure!(under_way.session_cookie(first).is_none(), "and was not let in");
    for other in &stage.people[..2] {
        ensure!(stage.everywhere(other).await == [Found::SignedIn; 3], "{} lost a session", other.user());
    }
    let repeated = stage.hear(2, &token).await;
    Ok(format!(
        "400, refused there at once, stored by itself and obeyed by all {} ms after the way was free; \
         a login of the time between stays, one from before is refused; a retry {repeated}",
        landed.as_millis()
    ))
}
