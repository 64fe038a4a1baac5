use scenarios::{Answer, Browser, Calls, Mount, World, on_every_mount, trace};

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    c10_a_script_in_the_error
    c10_line_breaks_in_the_error
    c10_an_error_of_ten_kibibytes
    c10_an_unknown_error
    c10_login_required
    c10_an_empty_error
}

async fn c10_a_script_in_the_error(mount: &'static dyn Mount) -> World {
    let (world, answer) = refused(mount, "<script>alert(1)</script>").await;
    assert!(!answer.text().contains("<script"), "{answer:?}");
    assert!(answer.text().contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{answer:?}");
    world
}

async fn c10_line_breaks_in_the_error(mount: &'static dyn Mount) -> World {
    let (world, answer) = refused(mount, "a\r\nset-cookie: x=y\u{1b}[31m\u{202e}").await;
    assert!(answer.text().contains("<em>a??set-cookie: x=y?[31m?</em>"), "{answer:?}");
    assert!(trace::lines().iter().all(|line| !line.trim_end().contains(['\r', '\n', '\u{1b}'])));
    world
}

async fn c10_an_error_of_ten_kibibytes(mount: &'static dyn Mount) -> World {
    let (world, answer) = refused(mount, &"x".repeat(10 * 1024)).await;
    assert!(answer.text().contains(&format!("<em>{}</em>", "x".repeat(256))), "{answer:?}");
    assert!(trace::lines().iter().all(|line| line.len() < 1024));
    world
}

async fn c10_an_unknown_error(mount: &'static dyn Mount) -> World {
    refused(mount, "acme_is_on_holiday").await.0
}

async fn c10_login_required(mount: &'static dyn Mount) -> World {
    let (world, answer) = refused(mount, "login_required").await;
    assert!(answer.text().contains("The identity provider said: <em>login_required</em>"), "{answer:?}");
    world
}

async fn c10_an_empty_error(mount: &'static dyn Mount) -> World {
    refused(mount, "").await.0
}

/// The page that a genuine answer with this error leads to.
async fn refused(mount: &'static dyn Mount, error: &str) -> (World, Answer) {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let refusal = Parameters::of(&callback)
        .without("code")
        .also("error", error)
        .also("error_description", "<img src=x> told by nobody")
        .also("error_uri", "javascript:alert(1)");
    let before = world.snapshot().await;
    let answer = alice.page(&world, &refusal.path()).await;
    assert_refused(&answer, 400, "callback.idp_error");
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    assert!(
        !answer.text().contains("told by nobody") && !answer.text().contains("javascript:"),
        "{answer:?}"
    );
    assert_eq!(alice.cookies(&world), [], "this attempt is over");
    (world, answer)
}
