//! Forms of the application that cannot be read, on every mount.

use scenarios::{Browser, Mount, Request, World, on_every_mount};

on_every_mount! {
    d24_a_form_that_cannot_be_read_is_refused
    d24_the_form_of_a_stranger_is_not_read
}

async fn d24_a_form_that_cannot_be_read_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.form_limit(400)).await;
    let alice = world.login("alice").await;
    let csrf = alice.csrf(&world).await;
    let form = |pairs: &[(&'static str, &str)]| {
        Request::form("/rename", [("csrf", csrf.as_str())].into_iter().chain(pairs.iter().copied()))
    };
    let exactly = "x".repeat(400 - "csrf=&name=".len() - csrf.len());
    let before = world.snapshot().await;
    for (what, request, status, code) in [
        ("a missing field", form(&[("age", "7")]), 422, "form.fields"),
        ("a number that is none", form(&[("name", "Ally"), ("age", "s3cret")]), 422, "form.fields"),
        ("a number out of range", form(&[("name", "Ally"), ("age", "256")]), 422, "form.fields"),
        ("a repeated field", form(&[("name", "Ally"), ("name", "Bob")]), 422, "form.fields"),
        ("one byte too many", form(&[("name", &format!("{exactly}x"))]), 413, "form.too_large"),
        (
            "no form",
            form(&[("name", "Ally")]).header("content-type", "text/plain").header("x-csrf-token", &csrf),
            415,
            "form.media_type",
        ),
        (
            "no media type",
            form(&[("name", "Ally")]).without("content-type").header("x-csrf-token", &csrf),
            415,
            "form.media_type",
        ),
    ] {
        let answer = alice.send(&world, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}");
        assert!(!answer.text().contains("s3cret"), "{what}: {}", answer.text());
    }
    let missing = alice.send(&world, form(&[])).await;
    assert!(missing.text().contains("<h1>That form could not be read</h1>"), "{}", missing.text());
    let missing = alice.send(&world, form(&[]).header("sec-fetch-mode", "cors")).await;
    assert!(missing.text().contains("has no field name"), "{}", missing.text());
    assert_eq!(world.snapshot().await, before);
    assert_eq!(alice.send(&world, form(&[("name", &exactly)])).await.status, 200);
    let with_age = form(&[("name", "Ally"), ("age", "7")]);
    assert_eq!(alice.send(&world, with_age).await.text(), "alice is now Ally, 7");
    world
}

async fn d24_the_form_of_a_stranger_is_not_read(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.form_limit(10)).await;
    let form = || Request::form("/rename", [("name", "much longer than ten bytes")]);
    let answer = Browser::new("alice").send(&world, form()).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "auth.required"));
    assert!(answer.text().contains("href=\"/auth/login?return_to=%2F\""), "{}", answer.text());
    let alice = world.login("alice").await;
    let answer = alice.send(&world, form().header("sec-fetch-site", "same-site")).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "csrf.rejected"));
    world
}
