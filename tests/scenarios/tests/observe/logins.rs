use scenarios::{Bare, Browser, Mount, Request, World, meter, on_every_mount, trace};
use vestibule_web::conformance::{Moment, Verb};

on_every_mount! {
    a_login_is_counted_and_told
    a_login_that_fails_is_counted_by_its_code
    a_login_that_cannot_start_is_counted_by_its_code
    a_silent_login_that_finds_nobody_is_no_failure
    a_login_that_a_logout_overtook_starts_again
    an_answer_that_comes_twice_is_counted_once_as_a_login
    all_that_a_request_logs_is_tied_to_its_answer
}

async fn a_login_is_counted_and_told(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    assert_eq!(
        meter::lines(""),
        [
            "vestibule_login_starts_total{kind=asked,code=ok} 1",
            "vestibule_logins_total{outcome=completed,code=ok} 1",
            "vestibule_provider_fetches_total{what=keys,code=ok} 1",
            "vestibule_provider_fetches_total{what=metadata,code=ok} 1",
        ]
    );
    for event in ["login.started", "login.completed"] {
        assert_eq!(trace::lines_with(&[" INFO vestibule.request{", &format!("event=\"{event}\"")]).len(), 1);
    }
    assert_eq!(trace::lines_with(&["alice"]), [""; 0], "who it was is not told");
    world
}

async fn a_login_that_fails_is_counted_by_its_code(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let strange = format!("/auth/callback?code=c&state={}", "s".repeat(43));
    for _ in 0..2 {
        assert_eq!(alice.page(&world, &strange).await.code(), "callback.state_unbound");
    }
    assert_eq!(
        meter::lines("vestibule_login"),
        ["vestibule_logins_total{outcome=failed,code=callback.state_unbound} 2"]
    );
    assert_eq!(
        meter::lines("vestibule_error"),
        ["vestibule_error_answers_total{code=callback.state_unbound} 2"]
    );
    world
}

async fn a_login_that_cannot_start_is_counted_by_its_code(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.store().fail_next(Verb::Now, Moment::Before);
    assert_eq!(Browser::new("alice").page(&world, "/auth/login").await.code(), "store.unavailable");
    assert_eq!(
        meter::lines("vestibule_login"),
        ["vestibule_login_starts_total{kind=asked,code=store.unavailable} 1"]
    );
    assert_eq!(
        meter::lines("vestibule_store_errors"),
        ["vestibule_store_errors_total{verb=now,code=store.unavailable} 1"]
    );
    assert_eq!(trace::lines_with(&["login.started"]), [""; 0]);
    world
}

async fn a_silent_login_that_finds_nobody_is_no_failure(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.silent_login()).await;
    assert_eq!(Browser::new("bob").open(&world, "/").await.text(), "hello stranger");
    assert_eq!(
        meter::lines("vestibule_login"),
        [
            "vestibule_login_starts_total{kind=silent,code=ok} 1",
            "vestibule_logins_total{outcome=nobody,code=callback.idp_error} 1",
        ]
    );
    assert_eq!(meter::lines("vestibule_error"), [""; 0]);
    world
}

async fn a_login_that_a_logout_overtook_starts_again(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let token = world.provider().logout_token(scenarios::DASHBOARD, |claims| {
        claims["sub"] = "alice".into();
        claims.as_object_mut().unwrap().remove("sid");
    });
    assert_eq!(world.receive(Request::logout_token(&token)).await.status, 200);
    assert_eq!(alice.page(&world, &callback).await.status, 303);
    assert_eq!(
        meter::lines("vestibule_login"),
        [
            "vestibule_login_starts_total{kind=again,code=ok} 1",
            "vestibule_login_starts_total{kind=asked,code=ok} 1",
            "vestibule_logins_total{outcome=overtaken,code=ok} 1",
        ]
    );
    assert_eq!(trace::lines_with(&["login.overtaken"]).len(), 1);
    world
}

async fn an_answer_that_comes_twice_is_counted_once_as_a_login(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let again = Request::page(&callback).header("cookie", alice.cookie_header(&world));
    assert_eq!(alice.page(&world, &callback).await.status, 303);
    assert_eq!(world.receive(again).await.status, 303);
    assert_eq!(
        meter::lines("vestibule_logins_total"),
        [
            "vestibule_logins_total{outcome=completed,code=ok} 1",
            "vestibule_logins_total{outcome=repeated,code=ok} 1",
        ]
    );
    world
}

async fn all_that_a_request_logs_is_tied_to_its_answer(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.store().fail_next(Verb::Now, Moment::Before);
    let answer = Browser::new("alice").page(&world, "/auth/login").await;
    let span = format!("vestibule.request{{endpoint=\"login\" correlation=\"{}\"}}", answer.correlation());
    let told: Vec<_> = ["store.failed", "request.failed"]
        .map(|event| trace::lines_with(&[&span, &format!("event=\"{event}\"")]).len())
        .into();
    assert_eq!(told, [1, 1], "{:?}", trace::lines());
    world
}

/// The housekeeping of the first request tells the recorder what each metric is.
#[tokio::test(start_paused = true)]
async fn every_metric_is_described() {
    let world = World::new(&Bare).await;
    world.receive(Request::page("/")).await;
    for metric in meter::documented() {
        let (unit, description) = meter::description(metric.name).expect(metric.name);
        assert_eq!(description, metric.description);
        assert_eq!(
            unit.map(|unit| unit.as_str()),
            Some(if metric.name.ends_with("_seconds") { "seconds" } else { "count" })
        );
    }
}
